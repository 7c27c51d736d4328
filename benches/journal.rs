//! The cost of a journal, as ratios in one run on this machine: `cargo bench --bench journal`.
//!
//! Verifying is measured against `sha256sum` and `openssl dgst` on the same files, appending against the bare
//! writes and syncs of the same bytes, opening by the processor time until the first frame.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark prints its results and panics on errors"
)]

use chrono::{DateTime, TimeDelta, Utc};
use portable_pty::{CommandBuilder, PtySize, native_pty_system};
use std::fs::{self, File};
use std::io::{BufWriter, Read, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use warroom::harness::Cause;
use warroom::harness::DataDir;
use warroom::harness::Reading;
use warroom::harness::Safe;
use warroom::harness::{ActorId, Draft, IncidentId, Slug};
use warroom::harness::{ActorIntroduced, Noted, Opened, Proof, SignalSeen, field};
use warroom::harness::{
    Head, JournalName, Stamp, SystemClock, SystemEntropy, VerificationContext, encode, verify,
};

const WARROOM: &str = env!("CARGO_BIN_EXE_warroom");
const RUNS: usize = 7;

fn main() {
    let entries: u64 = number("WARROOM_BENCH_ENTRIES", 1_000_000);
    // A directory on the disk to measure; a named one is kept.
    let named = std::env::var_os("WARROOM_BENCH_PLACE").map(PathBuf::from);
    let own = tempfile::tempdir().unwrap();
    let place = named.as_deref().unwrap_or(own.path());
    verifying(place, entries);
    appending(place);
    opening(place, number("WARROOM_BENCH_OPEN", 100_000));
}

fn number(name: &str, default: u64) -> u64 {
    let given = std::env::var(name).ok().and_then(|text| text.parse().ok());
    given.unwrap_or(default)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// A journal like that of an incident: of three entries two have no text and one is a note.
fn generate(directory: &Path, entries: u64) {
    let mut builder = fs::DirBuilder::new();
    builder
        .recursive(true)
        .mode(0o700)
        .create(directory)
        .unwrap();
    let open = |name: &str| BufWriter::new(File::create(directory.join(name)).unwrap());
    let (mut chain, mut texts) = (open("journal.jsonl"), open("disclosures.jsonl"));
    let start: DateTime<Utc> = "2026-11-22T01:02:03.456789Z".parse().unwrap();
    let mut position = Head::start();
    let mut salt: u128 = 0;
    for n in 0..entries {
        let at = start + TimeDelta::milliseconds(n as i64 * 50);
        let stamp = Stamp {
            wall: at,
            boot: "0badb007".into(),
            since_boot: 1_000_000_000 + n * 50_000_000,
        };
        let draft = draft(n, at);
        let id = uuid::Builder::from_unix_timestamp_millis(at.timestamp_millis() as u64, &[7; 10]);
        let encoded = encode(&draft, &position, &stamp, id.into_uuid(), || {
            salt += 1;
            Ok(salt.to_be_bytes())
        })
        .unwrap();
        position = Head {
            seq: encoded.entry.seq,
            hash: encoded.entry.hash.clone(),
        };
        for text in &encoded.disclosures {
            writeln!(texts, "{text}").unwrap();
        }
        chain.write_all(&encoded.line).unwrap();
    }
    chain.flush().unwrap();
    texts.flush().unwrap();
}

fn draft(n: u64, at: DateTime<Utc>) -> Draft {
    fn slug<I: From<Slug>>(text: &str) -> I {
        Slug::nearest(text).into()
    }
    match n {
        0 => {
            let data = ActorIntroduced {
                was: None,
                actor: ActorId::nearest("warroom"),
                uid: None,
                proof: Proof::Program,
                key: None,
            };
            Draft::new(&ActorId::nearest("warroom"), data)
        }
        1 => {
            let data = Opened {
                stated: None,
                retrospective: false,
                started: at,
                started_from: Cause::Said,
                service: slug("payments"),
                path: slug("confirm"),
                rule: None,
                policy: None,
                signal: slug("confirm-success"),
                objective: 0.999,
                drill: false,
                program: "bench".into(),
                follows: None,
            };
            Draft::new(&ActorId::nearest("warroom"), data)
                .with(field::TITLE, Safe::line("A long incident"))
        }
        n if n % 3 == 0 => {
            let text = format!("note {n}: the gateway answers slowly, we wait for acme's reply");
            Draft::new(&ActorId::nearest("a-7f3c21aa"), Noted {})
                .with(field::TEXT, Safe::line(&text))
        }
        n => {
            let data = SignalSeen {
                supersedes: None,
                signal: slug("confirm-success"),
                reading: Reading::Value(0.9 + (n % 100) as f64 / 1000.0),
                unit: None,
                at,
                source: slug("prometheus"),
                cause: Cause::Change,
            };
            Draft::new(&ActorId::nearest("warroom"), data)
        }
    }
}

fn wall(work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_secs_f64()
}

fn outside(program: &str, arguments: &[&str], files: &[PathBuf]) -> Option<f64> {
    let start = Instant::now();
    let status = Command::new(program)
        .args(arguments)
        .args(files)
        .stdout(Stdio::null())
        .status()
        .ok()?;
    status.success().then(|| start.elapsed().as_secs_f64())
}

fn verifying(place: &Path, entries: u64) {
    let directory = place.join("verify/INC-20261122-0001");
    generate(&directory, entries);
    let files: Vec<PathBuf> = ["journal.jsonl", "disclosures.jsonl"]
        .iter()
        .map(|name| directory.join(name))
        .collect();
    let bytes: u64 = files
        .iter()
        .map(|file| fs::metadata(file).unwrap().len())
        .sum();
    println!(
        "verify: {entries} entries, {} MB in two files",
        bytes / 1_000_000
    );
    let (mut ours, mut coreutils, mut openssl) = (Vec::new(), Vec::new(), Vec::new());
    for run in 0..=RUNS {
        // In turn, so that a change of the machine's speed affects all of them equally.
        let own = wall(|| {
            let report = verify(&directory, &VerificationContext::default()).unwrap();
            assert!(report.intact && report.entries == entries && report.withheld == 0);
        });
        let sums = outside("sha256sum", &[], &files);
        let digests = outside("openssl", &["dgst", "-sha256"], &files);
        if run > 0 {
            ours.push(own);
            coreutils.extend(sums);
            openssl.extend(digests);
        }
    }
    let ratios = |others: &[f64]| {
        let pairs = ours.iter().zip(others).map(|(own, other)| own / other);
        (others.len() == ours.len()).then(|| median(pairs.collect()))
    };
    let told = |name: &str, others: &[f64], aim: &str| match ratios(others) {
        Some(ratio) => println!(
            "  warroom {:.3} s, {name} {:.3} s: ratio {ratio:.2}{aim}",
            median(ours.clone()),
            median(others.to_vec())
        ),
        None => println!("  {name} is not installed"),
    };
    told("sha256sum", &coreutils, " (aim: at most 0.45)");
    told("openssl dgst -sha256", &openssl, "");
    println!(
        "  peak memory of `warroom verify`: {} MB (aim: under 100)",
        peak_memory(&directory) / 1024
    );
}

/// Largest resident set of a whole `warroom verify`, in KB, as the kernel counted it.
fn peak_memory(directory: &Path) -> u64 {
    let mut child = Command::new(WARROOM)
        .arg("verify")
        .arg(directory)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut peak = 0;
    while child.try_wait().unwrap().is_none() {
        let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let now = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
        peak = peak.max(now.unwrap_or(0));
        std::thread::sleep(Duration::from_millis(2));
    }
    peak
}

/// The same bytes written and synced to files of the same kind, and by a journal, in turn.
fn appending(place: &Path) {
    let store = DataDir::new(place.join("append"), Arc::new(SystemClock::new()));
    let id = IncidentId::new("INC-20261122-0001").unwrap();
    let (mut journal, _) = store
        .create_incident(&id, Box::new(SystemEntropy), &[])
        .unwrap();
    let name = JournalName::from(&id);
    let raw = place.join("raw");
    fs::create_dir(&raw).unwrap();
    let append = |name: &str| {
        let mut options = File::options();
        options
            .create(true)
            .append(true)
            .open(raw.join(name))
            .unwrap()
    };
    let (mut chain, mut texts) = (append("journal.jsonl"), append("disclosures.jsonl"));
    let chain_file = store.directory_of(&name).join("journal.jsonl");
    let texts_file = store.directory_of(&name).join("disclosures.jsonl");
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for n in 0..2_000u64 {
        let before = (len(&chain_file), len(&texts_file));
        let note = draft(3 * n + 3, Utc::now());
        let start = Instant::now();
        journal.append(&journal.head().clone(), &[note]).unwrap();
        ours.push(start.elapsed().as_secs_f64());
        let grown = (len(&chain_file) - before.0, len(&texts_file) - before.1);
        let (line, text) = (vec![b'x'; grown.0 as usize], vec![b'x'; grown.1 as usize]);
        let start = Instant::now();
        texts.write_all(&text).unwrap();
        texts.sync_data().unwrap();
        chain.write_all(&line).unwrap();
        chain.sync_data().unwrap();
        bare.push(start.elapsed().as_secs_f64());
    }
    let (own, raw) = (median(ours), median(bare));
    println!(
        "append: p50 {:.3} ms, bare writes and syncs of the same bytes {:.3} ms: ratio {:.2} (aim: at most 1.2)",
        own * 1e3,
        raw * 1e3,
        own / raw
    );
}

fn len(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |meta| meta.len())
}

/// Processor time of the console until its first frame with the incident.
fn opening(place: &Path, entries: u64) {
    let data = place.join("open");
    generate(&data.join("incidents/INC-20261122-0001"), entries);
    let mut times = Vec::new();
    for _ in 0..5 {
        times.push(first_frame(&data));
    }
    println!(
        "open: {entries} entries, first frame after {:.3} s of processor time (aim: under 0.5)",
        median(times)
    );
}

fn first_frame(data: &Path) -> f64 {
    let size = PtySize {
        rows: 24,
        cols: 80,
        pixel_width: 0,
        pixel_height: 0,
    };
    let pair = native_pty_system().openpty(size).unwrap();
    let mut command = CommandBuilder::new(WARROOM);
    command.cwd("/");
    command.args(["--data-dir", &data.display().to_string(), "--read-only"]);
    for (name, value) in [
        ("TERM", "xterm-256color"),
        ("HOME", "/nonexistent"),
        ("USER", "bench"),
    ] {
        command.env(name, value);
    }
    let mut child = pair.slave.spawn_command(command).unwrap();
    drop(pair.slave);
    let mut reader = pair.master.try_clone_reader().unwrap();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let filled = Arc::clone(&seen);
    std::thread::spawn(move || {
        let mut buffer = [0; 8192];
        while let Ok(count @ 1..) = reader.read(&mut buffer) {
            filled.lock().unwrap().extend_from_slice(&buffer[..count]);
        }
    });
    let pid = child.process_id().unwrap();
    let start = Instant::now();
    loop {
        let text = String::from_utf8_lossy(&seen.lock().unwrap()).into_owned();
        if text.contains("long incident") || start.elapsed() > Duration::from_secs(60) {
            break;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    let used = processor_time(pid);
    let _ = child.kill();
    let _ = child.wait();
    used
}

/// User and system time of a process in seconds (proc(5): fields 14 and 15 of `stat`, in ticks of 10 ms).
fn processor_time(pid: u32) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let after = stat.rsplit_once(')').unwrap().1;
    let fields: Vec<u64> = after
        .split_whitespace()
        .filter_map(|f| f.parse().ok())
        .collect();
    // After the name and the state letter, `ppid` is the first number.
    (fields[10] + fields[11]) as f64 / 100.0
}
