//! Runs a program that somebody else wrote: bounded in time and output, and never by a shell.

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};
use std::io::{ErrorKind, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// Pause between two looks at whether the program has ended.
const LOOK: Duration = Duration::from_millis(10);
/// For how long output is still read once the program has ended: a child of it that has escaped may hold the pipe open
/// for ever.
const GRACE: Duration = Duration::from_millis(200);
/// How long a killed program is waited for: one that a dead disk holds cannot be ended.
const BURY: Duration = Duration::from_secs(1);

/// How much a program may take.
#[derive(Debug, Clone, Copy)]
pub struct ProcessLimits {
    /// Longest time.
    pub time: Duration,
    /// Most bytes of output.
    pub bytes: usize,
}

/// Whether the program may use the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TerminalUse {
    /// It is put into a process group of its own, which is ended with it.
    Apart,
    /// It may ask the person: it stays in this program's group, and only it is ended.
    Shared,
}

/// What a program that came to its end left.
#[derive(Debug)]
pub struct ProcessOutput {
    /// How it ended.
    pub status: ExitStatus,
    /// Its output.
    pub stdout: Vec<u8>,
    /// Its errors, where they were asked for.
    pub stderr: Vec<u8>,
}

/// Why a program did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum ProcessProblem {
    /// It did not begin.
    #[error("does not run: {0}")]
    Start(std::io::Error),
    /// It took too long, and was ended.
    #[error("did not end within {} s, and was ended", .0.as_secs())]
    Time(Duration),
    /// It printed too much, and was ended.
    #[error("printed more than {} kB, and was ended", .0 / 1024)]
    Size(usize),
}

/// A child that does not outlive this.
struct Running {
    child: Child,
    terminal: TerminalUse,
}

impl Running {
    /// Whether it has ended. It is not reaped yet, so that its group can still be named.
    fn has_ended(&self) -> bool {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        let pid = Pid::from_child(&self.child);
        // Without an answer there is no such child any more.
        !matches!(waitid(WaitId::Pid(pid), options), Ok(None))
    }

    /// Ends it, and what it has started.
    fn end(&mut self) -> Option<ExitStatus> {
        if self.terminal == TerminalUse::Apart {
            let _ = kill_process_group(Pid::from_child(&self.child), Signal::KILL);
        }
        let _ = self.child.kill();
        let until = Instant::now() + BURY;
        loop {
            match self.child.try_wait() {
                Ok(None) if Instant::now() < until => std::thread::sleep(LOOK),
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

/// A pipe that is read without waiting.
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

    /// Takes what is there; gives whether anything was.
    fn take(&mut self) -> bool {
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

/// Runs a program to its end, or ends it. Standard error is whatever the command says. The input is short: it must fit
/// into a pipe.
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
        // A program that does not read its input says itself what it makes of that.
        let _ = stdin.write_all(input);
    }
    let mut stdout = Pipe::new(running.child.stdout.take());
    let mut stderr = Pipe::new(running.child.stderr.take());
    let deadline = Instant::now() + limits.time;
    let mut ended: Option<Instant> = None;
    loop {
        let more = stdout.take() | stderr.take();
        if stdout.read.len() + stderr.read.len() > limits.bytes {
            return Err(ProcessProblem::Size(limits.bytes));
        }
        let now = Instant::now();
        if ended.is_none() && running.has_ended() {
            ended = Some(now);
        }
        let closed = stdout.from.is_none() && stderr.from.is_none();
        match ended {
            Some(at) if closed || (!more && now >= at + GRACE) || now >= deadline + GRACE => break,
            None if now >= deadline => return Err(ProcessProblem::Time(limits.time)),
            Some(_) | None => {}
        }
        if !more {
            wait(&[stdout.fd(), stderr.fd()]);
        }
    }
    let status = running.end();
    let status =
        status.ok_or_else(|| ProcessProblem::Start(std::io::Error::other("its end is not known")))?;
    Ok(ProcessOutput {
        status,
        stdout: stdout.read,
        stderr: stderr.read,
    })
}

/// Waits until there is something to read, or for a moment.
fn wait(pipes: &[Option<BorrowedFd<'_>>]) {
    let mut open: Vec<PollFd<'_>> = pipes
        .iter()
        .flatten()
        .map(|fd| PollFd::from_borrowed_fd(*fd, PollFlags::IN))
        .collect();
    let moment = Timespec {
        tv_sec: 0,
        tv_nsec: LOOK.subsec_nanos().into(),
    };
    // An interrupted wait is a shorter one.
    let _ = poll(&mut open, Some(&moment));
}

#[cfg(test)]
mod tests;
