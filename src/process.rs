//! Runs another program with limits for time and output, and without a shell.

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};
use std::io::{ErrorKind, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// Between two checks whether the program has ended.
const POLL_PAUSE: Duration = Duration::from_millis(10);
/// A detached child may hold the pipe open for ever: output is read for this long after the end of the program.
const OUTPUT_GRACE: Duration = Duration::from_millis(200);
/// For the end of a killed program: a broken disk may block it.
const KILL_WAIT: Duration = Duration::from_secs(1);

#[derive(Debug, Clone, Copy)]
pub struct ProcessLimits {
    pub time: Duration,
    pub bytes: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TerminalUse {
    /// It gets its own process group, which is killed with it.
    Apart,
    /// It may ask the person: it stays in this program's process group, and only the program itself is killed.
    Shared,
}

#[derive(Debug)]
pub struct ProcessOutput {
    pub status: ExitStatus,
    pub stdout: Vec<u8>,
    /// Empty unless standard error is piped.
    pub stderr: Vec<u8>,
}

#[derive(Debug, thiserror::Error)]
pub enum ProcessProblem {
    #[error("does not run: {0}")]
    Start(std::io::Error),
    #[error("did not end within {} s and was killed", .0.as_secs())]
    Time(Duration),
    #[error("printed more than {} kB and was killed", .0 / 1024)]
    Size(usize),
}

/// A child that is killed when this value is dropped.
struct Running {
    child: Child,
    terminal: TerminalUse,
}

impl Running {
    /// It is not reaped yet, so that its group id stays valid.
    fn has_ended(&self) -> bool {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        let pid = Pid::from_child(&self.child);
        // An error means that the child does not exist any more.
        !matches!(waitid(WaitId::Pid(pid), options), Ok(None))
    }

    /// With its children.
    fn end(&mut self) -> Option<ExitStatus> {
        if self.terminal == TerminalUse::Apart {
            let _ = kill_process_group(Pid::from_child(&self.child), Signal::KILL);
        }
        let _ = self.child.kill();
        let until = Instant::now() + KILL_WAIT;
        loop {
            match self.child.try_wait() {
                Ok(None) if Instant::now() < until => std::thread::sleep(POLL_PAUSE),
                Ok(status) => return status,
                Err(_) => return None,
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if !matches!(self.child.try_wait(), Ok(Some(_))) {
            self.end();
        }
    }
}

/// Non-blocking.
struct Pipe<R> {
    from: Option<R>,
    read: Vec<u8>,
}

impl<R: Read + AsFd> Pipe<R> {
    fn new(from: Option<R>) -> Self {
        let from = from.filter(|from| rustix::io::ioctl_fionbio(from, true).is_ok());
        let read = Vec::new();
        Self { from, read }
    }

    /// Whether there were available bytes.
    fn read_available(&mut self) -> bool {
        let Some(from) = &mut self.from else {
            return false;
        };
        let mut chunk = [0; 16 * 1024];
        match from.read(&mut chunk) {
            Ok(0) => self.from = None,
            Ok(count) => {
                self.read.extend_from_slice(&chunk[..count]);
                return true;
            }
            Err(error)
                if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {}
            Err(_) => self.from = None,
        }
        false
    }

    fn fd(&self) -> Option<BorrowedFd<'_>> {
        self.from.as_ref().map(AsFd::as_fd)
    }
}

/// The command decides about standard error. The input must fit into a pipe.
pub fn run(
    command: &mut Command,
    input: &[u8],
    limits: ProcessLimits,
    terminal: TerminalUse,
) -> Result<ProcessOutput, ProcessProblem> {
    let stdin = if input.is_empty() {
        Stdio::null()
    } else {
        Stdio::piped()
    };
    command.stdin(stdin).stdout(Stdio::piped());
    if terminal == TerminalUse::Apart {
        command.process_group(0);
    }
    let child = command.spawn().map_err(ProcessProblem::Start)?;
    let mut running = Running { child, terminal };
    if let Some(mut stdin) = running.child.stdin.take() {
        // A program that does not read its input reports that itself.
        let _ = stdin.write_all(input);
    }
    let mut stdout = Pipe::new(running.child.stdout.take());
    let mut stderr = Pipe::new(running.child.stderr.take());
    let deadline = Instant::now() + limits.time;
    let mut ended: Option<Instant> = None;
    loop {
        let more = stdout.read_available() | stderr.read_available();
        if stdout.read.len() + stderr.read.len() > limits.bytes {
            return Err(ProcessProblem::Size(limits.bytes));
        }
        let now = Instant::now();
        if ended.is_none() && running.has_ended() {
            ended = Some(now);
        }
        let closed = stdout.from.is_none() && stderr.from.is_none();
        match ended {
            Some(at)
                if closed
                    || (!more && now >= at + OUTPUT_GRACE)
                    || now >= deadline + OUTPUT_GRACE =>
            {
                break;
            }
            None if now >= deadline => return Err(ProcessProblem::Time(limits.time)),
            Some(_) | None => {}
        }
        if !more {
            wait(&[stdout.fd(), stderr.fd()]);
        }
    }
    let status = running.end();
    let unknown = || ProcessProblem::Start(std::io::Error::other("its exit status is unknown"));
    let status = status.ok_or_else(unknown)?;
    Ok(ProcessOutput {
        status,
        stdout: stdout.read,
        stderr: stderr.read,
    })
}

/// For output, or at most `POLL_PAUSE`.
fn wait(pipes: &[Option<BorrowedFd<'_>>]) {
    let mut open: Vec<PollFd<'_>> = pipes
        .iter()
        .flatten()
        .map(|fd| PollFd::from_borrowed_fd(*fd, PollFlags::IN))
        .collect();
    let moment = Timespec {
        tv_sec: 0,
        tv_nsec: POLL_PAUSE.subsec_nanos().into(),
    };
    // An interrupted wait is only shorter.
    let _ = poll(&mut open, Some(&moment));
}

#[cfg(test)]
mod tests;
