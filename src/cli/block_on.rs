//! Waits for what sources answer, on a runtime of its own.

use super::error::CliError;

pub(in crate::cli) fn block_on<T>(future: impl Future<Output = T>) -> Result<T, CliError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    Ok(runtime.block_on(future))
}
