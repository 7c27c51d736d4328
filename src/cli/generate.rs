//! Completions and the manual page, made from the command line's own definition.

use super::arguments::Arguments;
use super::error::CliError;
use super::output::Output;
use clap::CommandFactory;

pub(super) fn completions(shell: clap_complete::Shell, output: &Output) -> Result<(), CliError> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "warroom", &mut text);
    output.text(&String::from_utf8_lossy(&text));
    Ok(())
}

pub(super) fn man(output: &Output) -> Result<(), CliError> {
    let mut text = Vec::new();
    clap_mangen::Man::new(Arguments::command()).render(&mut text)?;
    output.text(&String::from_utf8_lossy(&text));
    Ok(())
}
