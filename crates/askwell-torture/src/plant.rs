//! Bugs that are planted, to prove that each checker finds what it is there for. Never in the shipped binary:
//! decorators of ports (`ports`) and opening options of the engine carry them out, in this program alone.

use std::fmt;
use std::str::FromStr;

use crate::report::Promise;

macro_rules! plants {
    ($($(#[doc = $doc:literal])* $name:ident = $word:literal in $phase:ident breaks $promise:ident;)*) => {
        /// A bug that can be switched on.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Plant { $($(#[doc = $doc])* $name,)* }

        impl Plant {
            /// Every one there is.
            pub(crate) const ALL: &[Self] = &[$(Self::$name),*];

            /// Its name on the command line.
            pub(crate) fn name(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            /// The phase that finds it.
            pub(crate) fn phase(self) -> PhaseName {
                match self { $(Self::$name => PhaseName::$phase,)* }
            }

            /// The promise that it breaks, and that must be named when it is found.
            pub(crate) fn breaks(self) -> Promise {
                match self { $(Self::$name => Promise::$promise,)* }
            }
        }
    };
}

macro_rules! phases {
    ($($(#[doc = $doc:literal])* $name:ident = $word:literal;)*) => {
        /// A phase of a run.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum PhaseName { $($(#[doc = $doc])* $name,)* }

        impl PhaseName {
            /// Every one.
            const ALL: &[Self] = &[$(Self::$name),*];

            /// Its name on the command line.
            pub(crate) fn name(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }
        }
    };
}

phases! {
    /// `kill -9` at random instants, and restart.
    Kills = "kills";
    /// Power cuts: what was not fsynced is gone or torn.
    Power = "power";
    /// I/O errors, a full disk, failing fsync.
    Disk = "disk";
    /// Receivers that fail, hang and come back.
    Receivers = "receivers";
    /// Clock steps.
    Clock = "clock";
    /// SIGSTOP of clients and server.
    Stops = "stops";
}

plants! {
    /// A second answer to a session that is closed is stored over the first.
    DoubleAnswer = "double_answer" in Kills breaks Doubled;
    /// A deadline fires before its time.
    EarlyTimeout = "early_timeout" in Stops breaks EarlyTimeout;
    /// A change is acknowledged while it is still only in memory.
    AckBeforeCommit = "ack_before_commit" in Kills breaks Lost;
    /// `synchronous=NORMAL`: acknowledged before it was fsynced.
    NormalForFull = "normal_for_full" in Power breaks PowerCutLost;
    /// A callback that is owed is not stored.
    DroppedDelivery = "dropped_delivery" in Receivers breaks CallbackLost;
    /// A waiter for one session is given another's answer.
    WrongWaiter = "wrong_waiter" in Stops breaks WrongWaiter;
    /// An upload is acknowledged, but its bytes are not kept.
    LostUpload = "lost_upload" in Kills breaks Lost;
    /// A callback is sent with another body when it is tried again.
    ChangedCallback = "changed_callback" in Receivers breaks CallbackWrong;
    /// Now and then an event is left out of the feed.
    HiddenEvent = "hidden_event" in Stops breaks AuditGap;
    /// What the disk refused is acknowledged all the same.
    AckDespiteError = "ack_despite_error" in Disk breaks Lost;
    /// Deadlines go by the wall clock alone.
    WallForSteady = "wall_for_steady" in Clock breaks EarlyTimeout;
}

impl fmt::Display for Plant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Plant {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        named("bug", text, Self::ALL, Self::name)
    }
}

impl FromStr for PhaseName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        named("phase", text, Self::ALL, Self::name)
    }
}

/// The one of that name.
fn named<T: Copy>(what: &str, text: &str, all: &[T], name: impl Fn(T) -> &'static str) -> Result<T, String> {
    all.iter().copied().find(|one| name(*one) == text).ok_or_else(|| {
        let names: Vec<_> = all.iter().map(|one| name(*one)).collect();
        format!("there is no {what} {text:?}, expected one of {}", names.join(", "))
    })
}
