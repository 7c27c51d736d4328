use super::*;
use rstest::rstest;

const LIMITS: ProcessLimits = ProcessLimits {
    time: Duration::from_millis(700),
    bytes: 64 * 1024,
};

fn shell(script: &str) -> Result<ProcessOutput, ProcessProblem> {
    let mut command = Command::new("/bin/sh");
    command.args(["-c", script]).stderr(Stdio::null());
    run(&mut command, b"", LIMITS, TerminalUse::Apart)
}

#[rstest]
#[case::hangs("sleep 600", "did not end within")]
#[case::hangs_after_output("echo token; sleep 600", "did not end within")]
#[case::ignores_signals(
    "trap '' TERM INT HUP; while :; do sleep 1; done",
    "did not end within"
)]
#[case::closes_its_output_and_hangs("exec >&-; sleep 600", "did not end within")]
#[case::endless_output("yes", "printed more than 64 kB")]
#[case::endless_output_without_a_line("cat /dev/zero", "printed more than 64 kB")]
fn a_program_without_an_end_is_ended_in_time(#[case] script: &str, #[case] says: &str) {
    let begun = Instant::now();
    let fault = shell(script).unwrap_err().to_string();
    assert!(fault.contains(says), "{fault}");
    assert!(
        begun.elapsed() < Duration::from_secs(3),
        "{:?}",
        begun.elapsed()
    );
}

#[rstest]
#[case::plain("echo token", "token\n", true)]
#[case::fails("echo token; exit 3", "token\n", false)]
#[case::leaves_a_child("sleep 600 & echo token", "token\n", true)]
#[case::leaves_a_child_that_escapes("setsid sleep 5 & echo token", "token\n", true)]
#[case::reads_its_input("cat; echo token", "token\n", true)]
fn what_a_program_that_ends_says_is_read(
    #[case] script: &str,
    #[case] said: &str,
    #[case] success: bool,
) {
    let begun = Instant::now();
    let ended = shell(script).unwrap();
    assert_eq!(String::from_utf8_lossy(&ended.stdout), said);
    assert_eq!(ended.status.success(), success);
    assert!(
        begun.elapsed() < Duration::from_secs(2),
        "{:?}",
        begun.elapsed()
    );
}

#[test]
fn what_a_program_has_started_ends_with_it() {
    let home = tempfile::tempdir().unwrap();
    let mark = home.path().join("alive");
    let script = format!("(sleep 2; touch '{}') & sleep 600", mark.display());
    assert!(matches!(shell(&script), Err(ProcessProblem::Time(_))));
    std::thread::sleep(Duration::from_millis(1_800));
    assert!(!mark.exists(), "a child of the program went on");
}

#[test]
fn a_program_gets_its_input_and_its_errors_are_kept_apart() {
    let mut command = Command::new("/bin/sh");
    command
        .args(["-c", "cat >&2; echo out"])
        .stderr(Stdio::piped());
    let ended = run(&mut command, b"in", LIMITS, TerminalUse::Apart).unwrap();
    assert_eq!(
        (ended.stdout.as_slice(), ended.stderr.as_slice()),
        (&b"out\n"[..], &b"in"[..])
    );
}

#[test]
fn a_program_that_is_not_there_is_said_so() {
    let missing = run(
        &mut Command::new("/no/such/program"),
        b"",
        LIMITS,
        TerminalUse::Apart,
    );
    assert!(matches!(missing, Err(ProcessProblem::Start(_))));
}
