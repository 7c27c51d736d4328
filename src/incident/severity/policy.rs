//! The severity policy's file form, and what makes one sound.

use super::Severity;
use super::facts::Known;
use crate::incident::ids::Slug;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A severity policy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Its name.
    pub policy: Slug,
    /// Its version, raised with each change.
    pub version: u32,
    /// What each severity means, for people.
    pub meanings: BTreeMap<u8, String>,
    /// The questions.
    pub questions: Vec<Question>,
    /// The rules, in the order in which they are tried.
    pub rules: Vec<Rule>,
}

/// A question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Its name.
    pub id: Slug,
    /// What is asked.
    pub ask: String,
    /// Why it is asked.
    pub why: String,
    /// The possible answers.
    pub answers: Vec<Answer>,
    /// How a signal answers it, if one does.
    #[serde(default)]
    pub measure: Option<Measure>,
    /// The answer that is measured while a correctness signal is beyond its tolerance (rule M2).
    #[serde(default)]
    pub correctness: Option<Slug>,
    /// How the other paths' objectives answer it, if they do.
    #[serde(default)]
    pub scope: Option<Scope>,
    /// The fact that answers it, so that nobody is asked.
    #[serde(default)]
    pub known: Option<Known>,
}

/// How many other paths of the service map fail now: below their objective, in a drop, or without payments.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    /// None does, and all are measured.
    pub none: Slug,
    /// One does, and all are measured.
    pub one: Slug,
    /// More do.
    pub several: Slug,
}

/// A possible answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// Its name.
    pub id: Slug,
    /// The key that gives it.
    pub key: char,
    /// Its text.
    pub text: String,
}

/// How a signal answers a question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measure {
    /// Which signal.
    pub signal: Slug,
    /// Bands from the lowest; the first whose bound lies above the reading answers.
    pub bands: Vec<Band>,
    /// The answer above all bands.
    pub otherwise: Slug,
}

/// A band of readings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Band {
    /// Upper bound, exclusive, in the signal's unit.
    pub below: f64,
    /// The answer for readings below it.
    pub answer: Slug,
}

/// A rule: when its conditions hold, its severity is the verdict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its name, cited by the verdict.
    pub id: Slug,
    /// Its text, for people.
    pub says: String,
    /// The severity.
    pub severity: Severity,
    /// Questions with the answers that satisfy the rule; all must hold. Empty: always.
    #[serde(default)]
    pub when: BTreeMap<Slug, Vec<Slug>>,
    /// Conditions that it raises; an escalation level may wait for one.
    #[serde(default)]
    pub flags: Vec<Slug>,
}

/// Why a policy is not usable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// No rule at all.
    #[error("the policy has no rules: add at least one without conditions")]
    NoRules,
    /// The last rule has conditions.
    #[error(
        "the last rule \"{0}\" has conditions, so some answers lead nowhere: end with a rule without `when`"
    )]
    NoDefault(Slug),
    /// A rule names what is not there.
    #[error("rule \"{rule}\" names {what} \"{name}\", which is not declared")]
    Unknown {
        /// The rule or question.
        rule: Slug,
        /// Question or answer.
        what: &'static str,
        /// The missing name.
        name: Slug,
    },
    /// A rule can never decide.
    #[error(
        "rule \"{rule}\" can never decide: every case it names is taken by an earlier rule; move it up or remove it"
    )]
    Unreachable {
        /// The rule.
        rule: Slug,
    },
    /// Two things share a name.
    #[error("\"{0}\" is declared twice")]
    Twice(Slug),
    /// More than one way to answer a question without a person.
    #[error("question \"{0}\" has more than one of measure, scope and known: keep one")]
    Ways(Slug),
    /// Too many questions on one way.
    #[error(
        "some answers lead through more than {max} questions: nobody answers more at 03:00; ask less"
    )]
    TooLong {
        /// The limit.
        max: usize,
    },
    /// Bands that no reading can tell apart.
    #[error("the bands of question \"{0}\" must rise: each bound a number above the one before it")]
    Bands(Slug),
    /// Two answers share a key.
    #[error("question \"{0}\" uses a key twice, or one that is not a letter or digit")]
    Keys(Slug),
}

/// Most questions on any way to a verdict.
pub(super) const MAX_QUESTIONS: usize = 5;
/// Most cases enumerated by the check; policies have a handful of questions with few answers.
const MAX_CASES: usize = 200_000;

impl Policy {
    /// Checks names, that the last rule always applies, that every rule can decide, and that no way is too
    /// long.
    pub fn check(&self) -> Result<(), PolicyError> {
        self.check_names()?;
        let last = self.rules.last().ok_or(PolicyError::NoRules)?;
        if !last.when.is_empty() {
            return Err(PolicyError::NoDefault(last.id.clone()));
        }
        let mut reached = std::collections::BTreeSet::new();
        let mut open = vec![super::Answers::new()];
        let mut cases = 0;
        while let Some(answers) = open.pop() {
            cases += 1;
            match self.progress(&answers) {
                super::Progress::Decided(rule) => drop(reached.insert(rule.id.clone())),
                super::Progress::Ask(_)
                    if self.asked(&answers) >= MAX_QUESTIONS || cases > MAX_CASES =>
                {
                    return Err(PolicyError::TooLong { max: MAX_QUESTIONS });
                }
                super::Progress::Ask(question) => {
                    for answer in &question.answers {
                        let mut next = answers.clone();
                        next.insert(question.id.clone(), answer.id.clone());
                        open.push(next);
                    }
                }
            }
        }
        match self.rules.iter().find(|rule| !reached.contains(&rule.id)) {
            Some(rule) => Err(PolicyError::Unreachable {
                rule: rule.id.clone(),
            }),
            None => Ok(()),
        }
    }

    /// How many of these answers a person gives.
    fn asked(&self, answers: &super::Answers) -> usize {
        let by_fact = |id: &Slug| {
            self.questions
                .iter()
                .any(|q| q.id == *id && q.known.is_some())
        };
        answers.keys().filter(|id| !by_fact(id)).count()
    }

    fn check_names(&self) -> Result<(), PolicyError> {
        let ids: Vec<&Slug> = self
            .questions
            .iter()
            .map(|q| &q.id)
            .chain(self.rules.iter().map(|r| &r.id))
            .collect();
        if let Some(twice) = first_repeated(&ids) {
            return Err(PolicyError::Twice((*twice).clone()));
        }
        for question in &self.questions {
            question.check()?;
        }
        for rule in &self.rules {
            for (id, answers) in &rule.when {
                let unknown = |what, name: &Slug| PolicyError::Unknown {
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
    /// Whether it has this answer.
    pub fn has(&self, answer: &Slug) -> bool {
        self.answers.iter().any(|known| known.id == *answer)
    }

    fn check(&self) -> Result<(), PolicyError> {
        let keys: Vec<char> = self.answers.iter().map(|answer| answer.key).collect();
        if first_repeated(&keys).is_some() || !keys.iter().all(char::is_ascii_alphanumeric) {
            return Err(PolicyError::Keys(self.id.clone()));
        }
        let ids: Vec<&Slug> = self.answers.iter().map(|answer| &answer.id).collect();
        if let Some(twice) = first_repeated(&ids) {
            return Err(PolicyError::Twice((*twice).clone()));
        }
        let ways = [
            self.measure.is_some(),
            self.scope.is_some(),
            self.known.is_some(),
        ];
        if ways.iter().filter(|way| **way).count() > 1 {
            return Err(PolicyError::Ways(self.id.clone()));
        }
        let bounds = self.measure.iter().flat_map(|measure| &measure.bands);
        let bounds: Vec<f64> = bounds.map(|band| band.below).collect();
        let lasting: Vec<f64> = self.known.iter().flat_map(Known::bounds).collect();
        if !rise(&bounds) || !rise(&lasting) {
            return Err(PolicyError::Bands(self.id.clone()));
        }
        let measured = self.measure.iter().flat_map(|measure| {
            let bands = measure.bands.iter().map(|band| &band.answer);
            bands.chain([&measure.otherwise])
        });
        let scope = self
            .scope
            .iter()
            .flat_map(|scope| [&scope.none, &scope.one, &scope.several]);
        let known = self.known.iter().flat_map(Known::answers);
        for name in measured.chain(&self.correctness).chain(scope).chain(known) {
            if !self.has(name) {
                let rule = self.id.clone();
                return Err(PolicyError::Unknown {
                    rule,
                    what: "answer",
                    name: name.clone(),
                });
            }
        }
        Ok(())
    }
}

/// Whether each bound is a number above the one before it; the first that lies above a reading answers.
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
