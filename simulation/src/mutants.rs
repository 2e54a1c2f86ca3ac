//! The engine broken on purpose, from outside. Each breakage has to make a trial fail that the sound engine passes.

mod breakages;
mod trials;

use std::fmt;

use crate::{Job, Scene, Setup, jobs::run_each};

pub use breakages::MUTANTS;
pub use trials::{TRIALS, Trial};

/// Makes one of the parts of an engine worse. It comes outside of whatever a trial itself puts at the seams.
pub type Breakage = fn(&Scene, Setup) -> Setup;

/// A breakage with its name.
#[derive(Debug, Clone, Copy)]
pub struct Mutant {
    /// What it does wrong.
    pub name: &'static str,
    /// The trial that kills it.
    pub killer: &'static str,
    breaks: Breakage,
}

/// The engine as it is.
const SOUND: Mutant = Mutant { name: "the sound engine", killer: "none", breaks: |_, setup| setup };

/// What killed a mutant.
#[derive(Debug, Clone)]
pub struct Death {
    /// The mutant.
    pub mutant: &'static str,
    /// The trial that failed, with what the worlds said; `None` if it lives.
    pub by: Option<(&'static str, String)>,
}

impl fmt::Display for Death {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.by {
            Some((trial, verdict)) => write!(f, "{}: killed by {trial} ({verdict})", self.mutant),
            None => write!(f, "{}: LIVES", self.mutant),
        }
    }
}

impl Mutant {
    /// Puts the mutant through the trial that should kill it.
    pub async fn run(&self) -> Death {
        let trial = TRIALS.iter().find(|trial| trial.name == self.killer).expect("a trial of this name");
        let mut verdict = trial.run(*self).await;
        let dead = !verdict.is_clean();
        verdict.told.clear();
        Death { mutant: self.name, by: dead.then(|| (trial.name, verdict.to_string())) }
    }
}

/// Puts the sound engine through every trial. Answers those that it fails, with what the worlds said.
pub fn run_control(threads: usize) -> Vec<(&'static str, String)> {
    let job = |trial: &'static Trial| {
        Job::new(move || async move {
            let verdict = trial.run(SOUND).await;
            (!verdict.is_clean()).then(|| (trial.name, verdict.to_string()))
        })
    };
    run_each(TRIALS.iter().map(job).collect(), threads, |_| {}).into_iter().flatten().collect()
}

/// Puts every mutant through the trial that should kill it. `told` hears of each that has ended.
pub fn run_all(threads: usize, told: impl Fn(&Death) + Sync) -> Vec<Death> {
    let job = |mutant: &'static Mutant| Job::new(move || mutant.run());
    run_each(MUTANTS.iter().map(job).collect(), threads, told)
}
