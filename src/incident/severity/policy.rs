//! The severity policy's file form, and its checks.

use super::known_fact::KnownFact;
use super::level::Severity;
use crate::incident::ids::Slug;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeverityPolicy {
    pub policy: Slug,
    /// Raised with each change.
    pub version: u32,
    pub meanings: BTreeMap<u8, String>,
    pub questions: Vec<Question>,
    /// In the order of trying.
    pub rules: Vec<Rule>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    pub id: Slug,
    pub ask: String,
    pub why: String,
    pub answers: Vec<Answer>,
    pub measure: Option<Measure>,
    /// The answer while a correctness signal is beyond its tolerance (rule M2).
    pub correctness: Option<Slug>,
    pub scope: Option<Scope>,
    pub known: Option<KnownFact>,
}

/// How many other paths of the service map fail now: below their objective, in a drop, or without payments.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    /// None fails, and all are measured.
    pub none: Slug,
    /// One fails, and all are measured.
    pub one: Slug,
    pub several: Slug,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    pub id: Slug,
    pub key: char,
    pub text: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measure {
    /// `strict`: the success signal of the strict path, whatever its name is.
    #[serde(default = "strict")]
    pub signal: Slug,
    /// From the lowest; the first whose bound lies above the reading answers.
    pub bands: Vec<Band>,
    /// By the share of the normal volume that arrives, during a volume drop. The graver answer of both counts.
    #[serde(default)]
    pub volume: Vec<Band>,
    pub otherwise: Slug,
}

impl Measure {
    /// The gravest answer first.
    pub fn rank(&self, answer: &Slug) -> usize {
        let mut bands = self.bands.iter().chain(&self.volume);
        bands
            .position(|band| band.answer == *answer)
            .unwrap_or(usize::MAX)
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Band {
    /// Exclusive, in the signal's unit.
    pub below: f64,
    pub answer: Slug,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    pub id: Slug,
    pub says: String,
    pub severity: Severity,
    /// Questions with the answers that satisfy the rule; all must hold. Empty: always.
    #[serde(default)]
    pub when: BTreeMap<Slug, Vec<Slug>>,
    /// Conditions that it raises; an escalation level may wait for one.
    #[serde(default)]
    pub flags: Vec<Slug>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Progress<'p> {
    Ask(&'p Question),
    Decided(&'p Rule),
}

pub type Answers = BTreeMap<Slug, Slug>;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SeverityPolicyError {
    #[error("the policy has no rules: add at least one without conditions")]
    NoRules,
    #[error(
        "the last rule \"{0}\" has conditions, so some answers lead nowhere: end with a rule without `when`"
    )]
    NoDefault(Slug),
    #[error("rule \"{rule}\" names {what} \"{name}\", which is not declared")]
    Unknown {
        rule: Slug,
        what: &'static str,
        name: Slug,
    },
    #[error(
        "rule \"{0}\" can never decide: every case it names is taken by an earlier rule; move it up or remove it"
    )]
    Unreachable(Slug),
    #[error("\"{0}\" is declared twice")]
    Twice(Slug),
    #[error("question \"{0}\" has more than one of measure, scope and known: keep one")]
    SeveralBases(Slug),
    #[error(
        "some answers lead through more than {MAX_QUESTIONS} questions, the limit: remove questions"
    )]
    TooLong,
    #[error("the bands of question \"{0}\" must rise: each bound a number above the one before it")]
    Bands(Slug),
    #[error("question \"{0}\" uses a key twice, or one that is not a letter or digit")]
    Keys(Slug),
}

/// In place of a signal's name.
const STRICT: &str = "strict";

fn strict() -> Slug {
    Slug::nearest(STRICT)
}

impl Measure {
    /// `strict`: the success signal of the strict path.
    pub fn signal_of<'m>(&'m self, strict: &'m Slug) -> &'m Slug {
        match self.named() {
            Some(signal) => signal,
            None => strict,
        }
    }

    /// `None`: the success signal of the strict path.
    pub fn named(&self) -> Option<&Slug> {
        (self.signal.as_str() != STRICT).then_some(&self.signal)
    }
}

const MAX_QUESTIONS: usize = 5;
/// Most cases enumerated by the check; policies have a handful of questions with few answers.
const MAX_CASES: usize = 200_000;

impl SeverityPolicy {
    pub fn check(&self) -> Result<(), SeverityPolicyError> {
        self.check_names()?;
        let last = self.rules.last().ok_or(SeverityPolicyError::NoRules)?;
        if !last.when.is_empty() {
            return Err(SeverityPolicyError::NoDefault(last.id.clone()));
        }
        let mut reached = std::collections::BTreeSet::new();
        let mut open = vec![Answers::new()];
        let mut cases = 0;
        while let Some(answers) = open.pop() {
            cases += 1;
            match self.progress(&answers) {
                Progress::Decided(rule) => drop(reached.insert(rule.id.clone())),
                Progress::Ask(_) if self.asked(&answers) >= MAX_QUESTIONS || cases > MAX_CASES => {
                    return Err(SeverityPolicyError::TooLong);
                }
                Progress::Ask(question) => {
                    for answer in &question.answers {
                        let mut next = answers.clone();
                        next.insert(question.id.clone(), answer.id.clone());
                        open.push(next);
                    }
                }
            }
        }
        match self.rules.iter().find(|rule| !reached.contains(&rule.id)) {
            Some(rule) => Err(SeverityPolicyError::Unreachable(rule.id.clone())),
            None => Ok(()),
        }
    }

    fn asked(&self, answers: &Answers) -> usize {
        let by_person = self.questions.iter().filter(|q| q.known.is_none());
        by_person.filter(|q| answers.contains_key(&q.id)).count()
    }

    fn check_names(&self) -> Result<(), SeverityPolicyError> {
        let questions = self.questions.iter().map(|question| &question.id);
        each_once(questions.chain(self.rules.iter().map(|rule| &rule.id)))?;
        for question in &self.questions {
            question.check()?;
        }
        for rule in &self.rules {
            for (id, answers) in &rule.when {
                let question = self.questions.iter().find(|q| q.id == *id);
                let question = question.ok_or_else(|| unknown(&rule.id, "question", id))?;
                question.must_have(&rule.id, answers)?;
            }
        }
        Ok(())
    }
}

impl Question {
    pub fn has(&self, answer: &Slug) -> bool {
        self.answers.iter().any(|known| known.id == *answer)
    }

    fn check(&self) -> Result<(), SeverityPolicyError> {
        let keys: Vec<char> = self.answers.iter().map(|answer| answer.key).collect();
        if first_repeated(&keys).is_some() || !keys.iter().all(char::is_ascii_alphanumeric) {
            return Err(SeverityPolicyError::Keys(self.id.clone()));
        }
        each_once(self.answers.iter().map(|answer| &answer.id))?;
        let (measure, scope, known) = (&self.measure, &self.scope, &self.known);
        let bases = [measure.is_some(), scope.is_some(), known.is_some()];
        if bases.iter().filter(|is| **is).count() > 1 {
            return Err(SeverityPolicyError::SeveralBases(self.id.clone()));
        }
        let bands = || measure.iter().flat_map(|measure| &measure.bands);
        let bounds: Vec<f64> = bands().map(|band| band.below).collect();
        let volume = || measure.iter().flat_map(|measure| &measure.volume);
        let shares: Vec<f64> = volume().map(|band| band.below).collect();
        let lasting: Vec<f64> = known.iter().flat_map(KnownFact::bounds).collect();
        if !rise(&bounds) || !rise(&shares) || !rise(&lasting) {
            return Err(SeverityPolicyError::Bands(self.id.clone()));
        }
        let measured = bands().chain(volume()).map(|band| &band.answer);
        let measured = measured.chain(measure.iter().map(|measure| &measure.otherwise));
        let scoped = scope
            .iter()
            .flat_map(|scope| [&scope.none, &scope.one, &scope.several]);
        let known = known.iter().flat_map(KnownFact::answers);
        self.must_have(
            &self.id,
            measured.chain(&self.correctness).chain(scoped).chain(known),
        )
    }

    fn must_have<'a>(
        &self,
        rule: &Slug,
        answers: impl IntoIterator<Item = &'a Slug>,
    ) -> Result<(), SeverityPolicyError> {
        let missing = answers.into_iter().find(|name| !self.has(name));
        missing.map_or(Ok(()), |name| Err(unknown(rule, "answer", name)))
    }
}

fn unknown(rule: &Slug, what: &'static str, name: &Slug) -> SeverityPolicyError {
    let (rule, name) = (rule.clone(), name.clone());
    SeverityPolicyError::Unknown { rule, what, name }
}

fn each_once<'s>(ids: impl Iterator<Item = &'s Slug>) -> Result<(), SeverityPolicyError> {
    let ids: Vec<&Slug> = ids.collect();
    let twice = first_repeated(&ids);
    twice.map_or(Ok(()), |twice| {
        Err(SeverityPolicyError::Twice((*twice).clone()))
    })
}

fn rise(bounds: &[f64]) -> bool {
    bounds.iter().all(|bound| bound.is_finite()) && bounds.windows(2).all(|pair| pair[0] < pair[1])
}

fn first_repeated<T: PartialEq>(items: &[T]) -> Option<&T> {
    let mut numbered = items.iter().enumerate();
    let repeated = numbered.find(|(at, item)| items[..*at].contains(item));
    repeated.map(|(_, item)| item)
}
