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
    #[serde(default)]
    pub measure: Option<Measure>,
    /// The answer while a correctness signal is beyond its tolerance (rule M2).
    #[serde(default)]
    pub correctness: Option<Slug>,
    #[serde(default)]
    pub scope: Option<Scope>,
    #[serde(default)]
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
    pub signal: Slug,
    /// From the lowest; the first whose bound lies above the reading answers.
    pub bands: Vec<Band>,
    pub otherwise: Slug,
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
        "rule \"{rule}\" can never decide: every case it names is taken by an earlier rule; move it up or remove it"
    )]
    Unreachable { rule: Slug },
    #[error("\"{0}\" is declared twice")]
    Twice(Slug),
    #[error("question \"{0}\" has more than one of measure, scope and known: keep one")]
    Ways(Slug),
    #[error(
        "some answers lead through more than {max} questions: nobody answers more at 03:00; ask less"
    )]
    TooLong { max: usize },
    #[error("the bands of question \"{0}\" must rise: each bound a number above the one before it")]
    Bands(Slug),
    #[error("question \"{0}\" uses a key twice, or one that is not a letter or digit")]
    Keys(Slug),
}

pub(super) const MAX_QUESTIONS: usize = 5;
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
                    return Err(SeverityPolicyError::TooLong { max: MAX_QUESTIONS });
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
            Some(rule) => Err(SeverityPolicyError::Unreachable {
                rule: rule.id.clone(),
            }),
            None => Ok(()),
        }
    }

    fn asked(&self, answers: &Answers) -> usize {
        let by_fact = |id: &Slug| {
            self.questions
                .iter()
                .any(|q| q.id == *id && q.known.is_some())
        };
        answers.keys().filter(|id| !by_fact(id)).count()
    }

    fn check_names(&self) -> Result<(), SeverityPolicyError> {
        let ids: Vec<&Slug> = self
            .questions
            .iter()
            .map(|q| &q.id)
            .chain(self.rules.iter().map(|r| &r.id))
            .collect();
        if let Some(twice) = first_repeated(&ids) {
            return Err(SeverityPolicyError::Twice((*twice).clone()));
        }
        for question in &self.questions {
            question.check()?;
        }
        for rule in &self.rules {
            for (id, answers) in &rule.when {
                let unknown = |what, name: &Slug| SeverityPolicyError::Unknown {
                    rule: rule.id.clone(),
                    what,
                    name: name.clone(),
                };
                let question = self.questions.iter().find(|q| q.id == *id);
                let question = question.ok_or_else(|| unknown("question", id))?;
                if let Some(missing) = answers.iter().find(|name| !question.has(name)) {
                    return Err(unknown("answer", missing));
                }
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
        let ids: Vec<&Slug> = self.answers.iter().map(|answer| &answer.id).collect();
        if let Some(twice) = first_repeated(&ids) {
            return Err(SeverityPolicyError::Twice((*twice).clone()));
        }
        let ways = [
            self.measure.is_some(),
            self.scope.is_some(),
            self.known.is_some(),
        ];
        if ways.iter().filter(|way| **way).count() > 1 {
            return Err(SeverityPolicyError::Ways(self.id.clone()));
        }
        let bounds = self.measure.iter().flat_map(|measure| &measure.bands);
        let bounds: Vec<f64> = bounds.map(|band| band.below).collect();
        let lasting: Vec<f64> = self.known.iter().flat_map(KnownFact::bounds).collect();
        if !rise(&bounds) || !rise(&lasting) {
            return Err(SeverityPolicyError::Bands(self.id.clone()));
        }
        let measured = self.measure.iter().flat_map(|measure| {
            let bands = measure.bands.iter().map(|band| &band.answer);
            bands.chain([&measure.otherwise])
        });
        let scope = self
            .scope
            .iter()
            .flat_map(|scope| [&scope.none, &scope.one, &scope.several]);
        let known = self.known.iter().flat_map(KnownFact::answers);
        for name in measured.chain(&self.correctness).chain(scope).chain(known) {
            if !self.has(name) {
                let rule = self.id.clone();
                return Err(SeverityPolicyError::Unknown {
                    rule,
                    what: "answer",
                    name: name.clone(),
                });
            }
        }
        Ok(())
    }
}

fn rise(bounds: &[f64]) -> bool {
    bounds.iter().all(|bound| bound.is_finite()) && bounds.windows(2).all(|pair| pair[0] < pair[1])
}

fn first_repeated<T: PartialEq>(items: &[T]) -> Option<&T> {
    items
        .iter()
        .enumerate()
        .find(|(at, item)| items[..*at].contains(item))
        .map(|(_, item)| item)
}
