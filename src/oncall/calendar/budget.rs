//! The budget of a computation: steps are counted, not time, so that the same calendar gives the same answer everywhere.

#[derive(Debug)]
pub(super) struct StepBudget(u64);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Exhausted;

impl StepBudget {
    pub(super) fn new(steps: u64) -> Self {
        Self(steps)
    }

    pub(super) fn take(&mut self, steps: u64) -> Result<(), Exhausted> {
        self.0 = self.0.checked_sub(steps).ok_or(Exhausted)?;
        Ok(())
    }

    pub(super) fn left(&self) -> u64 {
        self.0
    }
}
