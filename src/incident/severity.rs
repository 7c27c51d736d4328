//! Severity: a policy of questions and rules, and the shortest path through them (rules M1 – M4). Rules are tried in
//! order and the first that matches decides, so correctness stands above availability by its place in the file. Only
//! questions that can still change the verdict are asked.

mod facts;
mod known_fact;
mod level;
mod policy;

pub use facts::{Peak, SeverityFacts};
pub use known_fact::KnownFact;
pub use level::{Answered, Severity};
pub use policy::{Answers, Progress, Question, Rule, SeverityPolicy};

use super::ids::Slug;
use crate::signals::Reading;
use std::collections::BTreeSet;

impl SeverityPolicy {
    /// The next question that can still change the verdict, or the rule that decides.
    pub fn progress(&self, answers: &Answers) -> Progress<'_> {
        for rule in &self.rules {
            match rule.judge(answers) {
                Some(true) => return Progress::Decided(rule),
                Some(false) => {}
                None => {
                    if let Some(question) = self.open_question(rule, answers) {
                        return Progress::Ask(question);
                    }
                }
            }
        }
        // A checked policy ends with a rule without conditions, so the loop has returned before.
        Progress::Decided(&self.rules[self.rules.len() - 1])
    }

    /// Answers by facts what the verdict needs next, until a person must answer or a rule decides. Questions in
    /// `by_person` are left to people.
    pub fn complete(&self, answers: &mut Vec<Answered>, facts: &SeverityFacts, by_person: &[Slug]) {
        loop {
            let given = answers
                .iter()
                .map(|given| (given.question.clone(), given.answer.clone()))
                .collect();
            let Progress::Ask(question) = self.progress(&given) else {
                return;
            };
            if by_person.contains(&question.id) {
                return;
            }
            match facts.answer(question) {
                Some(answer) => answers.push(answer),
                None => return,
            }
        }
    }

    /// The deciding rule, then every other rule that the answers satisfy. The rule without conditions counts only where
    /// it decides.
    pub fn matched<'p>(&'p self, deciding: &'p Rule, answers: &Answers) -> Vec<&'p Rule> {
        let others = self.rules.iter().filter(|rule| {
            rule.id != deciding.id && !rule.when.is_empty() && rule.judge(answers) == Some(true)
        });
        std::iter::once(deciding).chain(others).collect()
    }

    /// The graver of two answers, by the first rule that names one of them.
    pub fn is_graver(&self, question: &Question, answer: &Slug, than: &Slug) -> bool {
        let place = |answer: &Slug| {
            let mut rules = self.rules.iter();
            let names = |rule: &Rule| {
                let accepted = rule.when.get(&question.id);
                accepted.is_some_and(|accepted| accepted.contains(answer))
            };
            rules.position(names).unwrap_or(usize::MAX)
        };
        place(answer) < place(than)
    }

    pub fn flags(&self) -> BTreeSet<&Slug> {
        self.rules.iter().flat_map(|rule| &rule.flags).collect()
    }

    /// The severity if every open question gets the best answer, and the worst.
    pub fn range(&self, answers: &Answers) -> (Severity, Severity) {
        let levels = self.possible(answers).map(|rule| rule.severity);
        let worst = self.worst(answers).severity;
        (levels.max().unwrap_or(worst), worst)
    }

    /// The rule that decides if every open question gets the worst answer.
    pub fn worst<'p>(&'p self, answers: &'p Answers) -> &'p Rule {
        let last = &self.rules[self.rules.len() - 1];
        let possible = self.possible(answers);
        possible.min_by_key(|rule| rule.severity).unwrap_or(last)
    }

    /// Up to the first rule that matches for all open answers.
    fn possible<'p>(&'p self, answers: &'p Answers) -> impl Iterator<Item = &'p Rule> {
        let certain = |rule: &&Rule| rule.judge(answers) == Some(true);
        let upto = self.rules.iter().position(|rule| certain(&rule));
        let upto = upto.map_or(self.rules.len(), |at| at + 1);
        let rules = self.rules[..upto].iter();
        rules.filter(|rule| rule.judge(answers) != Some(false))
    }

    /// By a reading of the signal that the question names.
    pub fn measured(question: &Question, reading: Reading) -> Option<Slug> {
        let measure = question.measure.as_ref()?;
        let value = reading.value()?;
        let band = measure.bands.iter().find(|band| value < band.below);
        Some(band.map_or(&measure.otherwise, |band| &band.answer).clone())
    }

    /// By a volume drop: the share of the normal volume that arrives, or `None` where only a part of it is missing, which
    /// the mildest band answers.
    pub fn measured_volume(question: &Question, share: Option<f64>) -> Option<Slug> {
        let bands = &question.measure.as_ref()?.volume;
        let band = match share {
            Some(share) => bands.iter().find(|band| share < band.below),
            None => bands.last(),
        };
        Some(band?.answer.clone())
    }

    /// `failing`: the number of other paths that fail, if it is known.
    pub fn scoped(question: &Question, failing: Option<usize>) -> Option<Slug> {
        let scope = question.scope.as_ref()?;
        let answer = match failing? {
            0 => &scope.none,
            1 => &scope.one,
            _ => &scope.several,
        };
        Some(answer.clone())
    }

    /// The signals that it names, each with its question.
    pub fn named_signals(&self) -> impl Iterator<Item = (&Slug, &Slug)> {
        let questions = self.questions.iter();
        questions.filter_map(|question| Some((&question.id, question.measure.as_ref()?.named()?)))
    }

    fn open_question(&self, rule: &Rule, answers: &Answers) -> Option<&Question> {
        let open = rule
            .when
            .keys()
            .find(|question| !answers.contains_key(question))?;
        self.questions.iter().find(|question| question.id == *open)
    }
}

impl Rule {
    /// `None` while an answer that it needs is missing.
    pub fn judge(&self, answers: &Answers) -> Option<bool> {
        let mut open = false;
        for (question, accepted) in &self.when {
            match answers.get(question) {
                Some(answer) if accepted.contains(answer) => {}
                Some(_) => return Some(false),
                None => open = true,
            }
        }
        (!open).then_some(true)
    }
}

#[cfg(test)]
mod tests;
