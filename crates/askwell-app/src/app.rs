//! The one handle that transports hold.

use std::sync::Arc;
use std::time::Duration;

use askwell_core::access::Policy;
use askwell_core::session::Limits;
use tokio::sync::{Notify, broadcast};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::accounts::passkeys::Ceremonies;
use crate::accounts::{AccountSettings, Accounts};
use crate::audit::Recorder;
use crate::caller::{Caller, Channel};
use crate::deliveries::Resume;
use crate::expiry::NextWake;
use crate::feed::Feed;
use crate::limits::{Meters, RateLimits};
use crate::ports::{
    BearerTokens, Blobs, Clock, IdentityProvider, Ids, Notifier, Passkeys, Passwords, Sender, Store, StoredSession,
};
use crate::wait::WaitHub;

/// Hints that a listener may be behind before it misses some.
const ASKED_AGAIN: usize = 64;

/// What an [`App`] is made of.
pub struct Parts {
    /// The engine.
    pub store: Arc<dyn Store>,
    /// The bytes of uploads.
    pub blobs: Arc<dyn Blobs>,
    /// Outbound calls.
    pub sender: Arc<dyn Sender>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// New identities.
    pub ids: Arc<dyn Ids>,
    /// Passwords.
    pub passwords: Arc<dyn Passwords>,
    /// Signed tokens of others, where the owner lets them in.
    pub bearer: Option<Arc<dyn BearerTokens>>,
    /// An identity provider, where the owner has one.
    pub provider: Option<Arc<dyn IdentityProvider>>,
    /// Passkeys, where the server goes by a name.
    pub passkeys: Option<Arc<dyn Passkeys>>,
    /// Hints between nodes, where there are several.
    pub notifier: Option<Arc<dyn Notifier>>,
    /// What a response is in the shape that a session was asked in.
    pub resume: Resume,
}

impl std::fmt::Debug for Parts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Parts").finish_non_exhaustive()
    }
}

/// The owner's choices that the use cases follow.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Deadlines.
    pub limits: Limits,
    /// Uploads.
    pub files: FileSettings,
    /// How long closed sessions are kept; `None`: for ever.
    pub keep_closed: Option<Duration>,
    /// How often what is no longer kept is looked for.
    pub cleanup_interval: Duration,
    /// Rights.
    pub policy: Policy,
    /// How people and programs sign in; `None`: they need not.
    pub accounts: Option<AccountSettings>,
    /// How often, and how many at once.
    pub rate_limits: RateLimits,
}

/// The owner's choices about uploads.
#[derive(Clone, Copy, Debug)]
pub struct FileSettings {
    /// The largest upload where the question does not say, in bytes.
    pub max_size: u64,
    /// The most uploads that one session holds before its answer.
    pub max_per_session: usize,
    /// All uploads together, in bytes.
    pub quota: u64,
}

impl Default for FileSettings {
    fn default() -> Self {
        Self { max_size: 100 << 20, max_per_session: 100, quota: 10 << 30 }
    }
}

/// The one handle that transports hold. Cheap to clone.
#[derive(Clone)]
pub struct App {
    pub(crate) inner: Arc<Inner>,
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("App").finish_non_exhaustive()
    }
}

pub(crate) struct Inner {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) blobs: Arc<dyn Blobs>,
    pub(crate) sender: Arc<dyn Sender>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn Ids>,
    pub(crate) settings: Settings,
    pub(crate) waiters: WaitHub,
    pub(crate) feed: Feed,
    pub(crate) next_wake: NextWake,
    pub(crate) deliveries_poke: Notify,
    /// Reviews that were asked for again and still wait: hints for whoever shows them.
    pub(crate) asked_again: broadcast::Sender<Arc<StoredSession>>,
    pub(crate) accounts: Accounts,
    pub(crate) passwords: Arc<dyn Passwords>,
    pub(crate) bearer: Option<Arc<dyn BearerTokens>>,
    pub(crate) provider: Option<Arc<dyn IdentityProvider>>,
    pub(crate) passkeys: Option<Arc<dyn Passkeys>>,
    pub(crate) ceremonies: Ceremonies,
    pub(crate) recorder: Recorder,
    pub(crate) resume: Resume,
    pub(crate) meters: Meters,
    /// The server itself, where it acts unasked.
    pub(crate) system: Caller,
    pub(crate) stopping: CancellationToken,
    pub(crate) tasks: TaskTracker,
}

impl App {
    /// Puts the parts together and hooks into the store. Loops run only after [`App::start`].
    #[must_use]
    pub fn new(parts: Parts, settings: Settings) -> Self {
        let meters = Meters::new(&settings.rate_limits, &parts.clock);
        let accounts = Accounts::new(parts.ids.secret());
        let inner = Arc::new(Inner {
            store: parts.store,
            blobs: parts.blobs,
            sender: parts.sender,
            clock: parts.clock,
            ids: parts.ids,
            settings,
            waiters: WaitHub::default(),
            feed: Feed::default(),
            next_wake: NextWake::default(),
            deliveries_poke: Notify::new(),
            asked_again: broadcast::Sender::new(ASKED_AGAIN),
            accounts,
            passwords: parts.passwords,
            bearer: parts.bearer,
            provider: parts.provider,
            passkeys: parts.passkeys,
            ceremonies: Ceremonies::default(),
            recorder: Recorder::default(),
            resume: parts.resume,
            meters,
            system: Caller::local(Channel::System, "", ""),
            stopping: CancellationToken::new(),
            tasks: TaskTracker::new(),
        });
        // Weak, because the store belongs to `inner`: a strong one would keep both for ever.
        let weak = Arc::downgrade(&inner);
        let notifier = parts.notifier.clone();
        inner.store.on_commit(Arc::new(move |batch| {
            let Some(inner) = weak.upgrade() else { return };
            inner.after_commit(batch);
            if let Some(notifier) = &notifier {
                let ids: Vec<_> = batch.iter().map(|committed| committed.session).collect();
                notifier.notify(&ids);
            }
        }));
        if let Some(notifier) = parts.notifier {
            let weak = Arc::downgrade(&inner);
            notifier.on_notified(Arc::new(move |sessions| {
                let Some(inner) = weak.upgrade() else { return };
                for id in sessions {
                    inner.waiters.wake(*id);
                }
                inner.feed.poke();
                inner.next_wake.poke();
                inner.deliveries_poke.notify_one();
            }));
        }
        Self { inner }
    }

    /// The owner's choices.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.inner.settings
    }
}

impl Inner {
    /// What each durable batch sets going. Runs on the store's writer, so it only wakes.
    fn after_commit(&self, batch: &[crate::ports::Committed]) {
        for committed in batch {
            match committed.wakes_at {
                Some(at) => self.next_wake.consider(at),
                None => self.waiters.wake(committed.session),
            }
        }
        self.feed.poke();
        if batch.iter().any(|committed| committed.owes_delivery) {
            self.deliveries_poke.notify_one();
        }
    }
}
