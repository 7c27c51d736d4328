//! Mail to several recipients, through a server that treats each as its name says.

use crate::support::outbox::{at_once, open, page, runtime};
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use warroom::harness::Message;
use warroom::harness::{
    PageOutcome, PageOutcome::Accepted, PageOutcome::Failed, PageOutcome::Refused,
    PageOutcome::Unknown,
};

/// Who had what, in the order in which texts were taken; and what was asked about whom.
#[derive(Default)]
struct Book {
    taken: Vec<Vec<String>>,
    asked: Vec<String>,
    letters: Vec<String>,
}

impl Book {
    fn copies(&self, name: &str) -> usize {
        let all = self.taken.iter().flatten();
        all.filter(|one| one.as_str() == name).count()
    }

    fn asked(&self, name: &str) -> usize {
        self.asked.iter().filter(|one| one.as_str() == name).count()
    }
}

struct Smtp {
    port: u16,
    book: Arc<Mutex<Book>>,
}

impl Smtp {
    fn start(utf8: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let book = Arc::new(Mutex::new(Book::default()));
        let kept = Arc::clone(&book);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let book = Arc::clone(&kept);
                // A client that goes away ends its dialogue.
                std::thread::spawn(move || talk(&stream.unwrap(), &book, utf8).ok());
            }
        });
        Self { port, book }
    }

    fn settings(&self, to: &[&str]) -> String {
        let to: Vec<String> = to
            .iter()
            .map(|name| match name.contains('@') {
                true => (*name).to_string(),
                false => format!("{name}@pay.example"),
            })
            .collect();
        format!(
            "{{kind: smtp, name: mail, host: 127.0.0.1, port: {}, tls: none, from: warroom@pay.example, to: {{on-call: {to:?}}}}}",
            self.port
        )
    }
}

/// What the server says to RCPT, by the name before the @: none is silence, an empty text closes the connection.
fn reply(name: &str, before: usize) -> Option<&'static str> {
    match name {
        "gone" | "gone2" => Some("550 5.1.1 nobody of that name"),
        "busy" => Some("450 4.2.1 later"),
        "busyonce" | "busyonce2" if before == 0 => Some("450 4.2.1 later"),
        "full" => Some("452 4.5.3 too many recipients"),
        "slow" => None,
        "closes" => Some(""),
        "shutdown" => Some("421 4.3.2 closing"),
        _ => Some("250 ok"),
    }
}

fn talk(stream: &TcpStream, book: &Mutex<Book>, utf8: bool) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let say = |text: &str| write!(&*stream, "{text}\r\n");
    say("220 mock")?;
    let mut to: Vec<String> = Vec::new();
    while let Some(Ok(line)) = lines.next() {
        let verb = line.to_uppercase();
        match verb.get(..4).unwrap_or_default() {
            "EHLO" if utf8 => say("250-mock\r\n250-SMTPUTF8\r\n250 8BITMIME")?,
            "EHLO" => say("250-mock\r\n250 8BITMIME")?,
            "MAIL" => {
                to.clear();
                say("250 ok")?;
            }
            "RCPT" => {
                let name = line
                    .split(['<', '@'])
                    .nth(1)
                    .unwrap_or_default()
                    .to_string();
                let before = book.lock().unwrap().asked(&name);
                book.lock().unwrap().asked.push(name.clone());
                match reply(&name, before) {
                    None => std::thread::sleep(Duration::from_secs(60)),
                    Some("") => return Ok(()),
                    Some(words) => {
                        say(words)?;
                        if words.starts_with("250") {
                            to.push(name);
                        }
                        if words.starts_with("421") {
                            return Ok(());
                        }
                    }
                }
            }
            "DATA" => {
                say("354 go on")?;
                let mut letter = String::new();
                for text in lines.by_ref() {
                    let text = text?;
                    if text == "." {
                        break;
                    }
                    letter += &text;
                    letter.push('\n');
                }
                let has = |name: &str| to.iter().any(|one| one == name);
                if has("spam") {
                    say("554 5.7.1 one of you wants no such text")?;
                } else {
                    let mut book = book.lock().unwrap();
                    book.taken.push(to.clone());
                    book.letters.push(letter);
                    drop(book);
                    if has("silent") {
                        return Ok(());
                    }
                    say("250 taken")?;
                }
            }
            "QUIT" => return say("221 bye"),
            _ => say("250 ok")?,
        }
    }
    Ok(())
}

struct Case {
    to: &'static [&'static str],
    want: PageOutcome,
    /// Who has exactly one copy; nobody else has any, but where the end was not told.
    have: &'static [&'static str],
    says: &'static [&'static str],
}

const fn case(
    to: &'static [&'static str],
    want: PageOutcome,
    have: &'static [&'static str],
    says: &'static [&'static str],
) -> Case {
    Case {
        to,
        want,
        have,
        says,
    }
}

#[rustfmt::skip]
const CASES: [Case; 16] = [
    case(&["oncall"], Accepted, &["oncall"], &["250"]),
    case(&["gone", "oncall"], Accepted, &["oncall"], &["NOT to gone@…", "550"]),
    case(&["oncall", "gone"], Accepted, &["oncall"], &["NOT to gone@…"]),
    case(&["gone", "gone2"], Refused, &[], &["NOT to gone@…", "NOT to gone2@…"]),
    case(&["busy", "oncall"], Accepted, &["oncall"], &["NOT YET to busy@…", "450"]),
    case(&["busyonce", "oncall"], Accepted, &["busyonce", "oncall"], &["2 of 2"]),
    case(&["busyonce", "busyonce2", "gone", "oncall"], Accepted, &["busyonce", "busyonce2", "oncall"], &["3 of 4", "NOT to gone@…"]),
    case(&["busy", "gone"], Failed, &[], &["NOT YET to busy@…", "NOT to gone@…"]),
    case(&["oncall", "full"], Accepted, &["oncall"], &["NOT YET to full@…"]),
    case(&["slow", "oncall"], Accepted, &["oncall"], &["NOT YET to slow@…", "no answer in time"]),
    case(&["closes", "oncall"], Accepted, &["oncall"], &["NOT YET to closes@…"]),
    case(&["oncall", "shutdown"], Accepted, &["oncall"], &["NOT YET to shutdown@…", "421"]),
    case(&["spam", "oncall"], Accepted, &["oncall"], &["NOT to spam@…", "554"]),
    case(&["jörg", "oncall"], Accepted, &["oncall"], &["NOT to jörg@…", "SMTPUTF8"]),
    case(&["jörg"], Refused, &[], &["SMTPUTF8"]),
    case(&["dana@bücher.example", "oncall"], Accepted, &["dana", "oncall"], &["2 of 2"]),
];

/// All at once: most of the time is waiting.
#[test]
fn each_recipient_of_a_mail_is_treated_by_its_own_reply() {
    let wrong = at_once(CASES.into_iter().map(judge));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

async fn judge(case: Case) -> Option<String> {
    let server = Smtp::start(false);
    let post = open(&server.settings(case.to)).unwrap();
    let delivery = post.send(&page()).await;
    let book = server.book.lock().unwrap();
    let names = case.to.iter().map(|name| name.split('@').next().unwrap());
    let copies = names.filter(|name| book.copies(name) != usize::from(case.have.contains(name)));
    let copies: Vec<&str> = copies.collect();
    let says = case
        .says
        .iter()
        .all(|words| delivery.detail.as_str().contains(words));
    // A recipient that has it or was refused is not asked about again; a dialogue that breaks asks anew about the others.
    let breaks = ["slow", "closes", "shutdown", "spam"];
    let breaks = case.to.iter().any(|name| breaks.contains(name));
    let settled = ["oncall", "gone", "gone2"]
        .iter()
        .all(|name| breaks || book.asked(name) <= 1);
    let right = delivery.outcome == case.want && copies.is_empty() && says && settled;
    (!right).then(|| {
        format!(
            "{:?}: {:?} in {} tries, wrong copies for {copies:?}, asked {:?}; {}",
            case.to, delivery.outcome, delivery.attempts, book.asked, delivery.detail
        )
    })
}

/// The server has the text and the answer is lost: the same letter may go out again, and the doubt is said.
#[test]
fn a_mail_without_a_final_reply_is_doubtful_for_those_recipients_only() {
    let server = Smtp::start(false);
    let delivery = runtime().block_on(async {
        let post = open(&server.settings(&["silent", "busyonce"])).unwrap();
        post.send(&page()).await
    });
    assert_eq!(delivery.outcome, Accepted, "{}", delivery.detail);
    assert!(
        delivery.detail.as_str().contains("PERHAPS to silent@…"),
        "{}",
        delivery.detail
    );
    let alone = Smtp::start(false);
    let delivery = runtime().block_on(async {
        let post = open(&alone.settings(&["silent"])).unwrap();
        post.send(&page()).await
    });
    assert_eq!(delivery.outcome, Unknown, "{}", delivery.detail);
    let book = alone.book.lock().unwrap();
    let id = |letter: &String| {
        let line = letter.lines().find(|line| line.starts_with("Message-ID"));
        line.map(str::to_string)
    };
    assert!(
        book.letters.len() > 1
            && book
                .letters
                .iter()
                .all(|letter| id(letter) == id(&book.letters[0]))
    );
}

/// A page that failed is sent again by the same program after a minute: a recipient that has it gets no second copy then.
#[test]
fn a_repetition_gives_nobody_a_second_copy() {
    let server = Smtp::start(false);
    runtime().block_on(async {
        let post = open(&server.settings(&["busyonce", "oncall", "gone"])).unwrap();
        assert_eq!(post.send(&page()).await.outcome, Accepted);
        let mut again = page();
        if let Message::Page(page) = &mut again {
            page.repeat = 1;
        }
        assert_eq!(post.send(&again).await.outcome, Accepted);
        // The next call of the policy is another one.
        if let Message::Page(page) = &mut again {
            page.due += chrono::TimeDelta::minutes(10);
        }
        assert_eq!(post.send(&again).await.outcome, Accepted);
    });
    let book = server.book.lock().unwrap();
    assert_eq!(
        (
            book.copies("oncall"),
            book.copies("busyonce"),
            book.asked("gone")
        ),
        (2, 2, 2)
    );
}

/// What a server cannot carry is found before it is needed; a server that can carries it.
#[test]
fn letters_beyond_ascii_in_an_address_are_found_before_they_are_needed() {
    let (without, with) = (Smtp::start(false), Smtp::start(true));
    runtime().block_on(async {
        let to = ["jörg", "oncall"];
        let problems = open(&without.settings(&to)).unwrap().problems().await;
        assert!(
            problems.len() == 1
                && problems[0].contains("jörg@pay.example")
                && problems[0].contains("SMTPUTF8"),
            "{problems:?}"
        );
        assert!(
            open(&without.settings(&["oncall"]))
                .unwrap()
                .problems()
                .await
                .is_empty()
        );
        let able = open(&with.settings(&to)).unwrap();
        assert!(able.problems().await.is_empty());
        assert_eq!(able.send(&page()).await.outcome, Accepted);
    });
    let book = with.book.lock().unwrap();
    assert_eq!(
        (book.copies("jörg"), book.copies("oncall")),
        (1, 1),
        "{:?}",
        book.taken
    );
    assert!(
        without.book.lock().unwrap().taken.is_empty(),
        "the check sends nothing"
    );
}
