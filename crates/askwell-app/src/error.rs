//! Why a use case did not do it.

use askwell_core::{Finding, Rejection};

use crate::ports::{BlobError, Cursor, PasswordError, StoreError};

/// Why a use case did not do it. Transports map each arm to their own form once.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// What was sent does not hold.
    #[error("invalid: {0:?}")]
    Invalid(Vec<Finding>),
    /// There is no such thing, or the caller may not see it.
    #[error("not found")]
    NotFound(Noun),
    /// The caller has not said who they are, or what they said it with no longer holds.
    #[error("unauthenticated")]
    Unauthenticated,
    /// The caller may see it, but not do this.
    #[error("forbidden")]
    Forbidden,
    /// Somebody has that login already.
    #[error("the login is taken")]
    LoginTaken,
    /// There would be no administrator left.
    #[error("the last administrator")]
    LastAdmin,
    /// What a passkey gave does not hold.
    #[error("the passkey does not hold")]
    StepUpFailed,
    /// They signed in too long ago for this.
    #[error("signed in too long ago")]
    SignInAgain,
    /// The identity provider knows them, but the owner does not let them in.
    #[error("not invited")]
    NotInvited,
    /// Nobody must sign in here, so there are no accounts to manage.
    #[error("there are no accounts")]
    NoAccounts,
    /// There is somebody already: a first administrator is not made twice.
    #[error("there is somebody already")]
    AlreadySetUp,
    /// The link was used, or is over.
    #[error("the link was used")]
    LinkUsed,
    /// Too often, lately.
    #[error("too many")]
    RateLimited {
        /// How often is allowed, as in [`Allowance::limit`](crate::Allowance::limit).
        limit: u32,
        /// How long to wait.
        retry_after: std::time::Duration,
    },
    /// Whoever asks has as many open sessions as the owner allows.
    #[error("{limit} sessions of this requester are open")]
    TooManyOpen {
        /// How many that is.
        limit: u32,
    },
    /// The session's state does not allow it.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// The same key was used with another body.
    #[error("the idempotency key was used with another body")]
    IdempotencyMismatch,
    /// The name of the review stands for something else.
    #[error("the request_id was used for something else")]
    RequestIdReused,
    /// The feed no longer reaches back so far.
    #[error("the cursor is older than what is kept")]
    CursorExpired {
        /// The smallest that still works.
        earliest: Cursor,
    },
    /// The cursor is none of ours.
    #[error("not a cursor")]
    InvalidCursor,
    /// An upload is larger than allowed.
    #[error("the file is larger than {limit} bytes")]
    FileTooLarge {
        /// Bytes.
        limit: u64,
    },
    /// All uploads together would be larger than allowed.
    #[error("the quota of {limit} bytes for files is used up")]
    QuotaExceeded {
        /// Bytes.
        limit: u64,
    },
    /// The session takes no uploads, or no more.
    #[error("no upload is expected here")]
    UploadNotExpected,
    /// The upload broke off.
    #[error("the upload broke off")]
    UploadInterrupted,
    /// Too much is going on, or the same session changed too often meanwhile.
    #[error("overloaded")]
    Overloaded,
    /// The disk is full.
    #[error("the disk is full")]
    Full,
    /// The store cannot be used now. The text is for the log.
    #[error("unavailable: {0}")]
    Unavailable(String),
}

/// What was not found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noun {
    /// A session.
    Session,
    /// A file.
    File,
    /// A delivery.
    Delivery,
    /// A person.
    User,
    /// A token.
    Token,
    /// A sign-in.
    Login,
    /// A passkey.
    Passkey,
    /// An invitation.
    Guest,
}

impl From<StoreError> for AppError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Overloaded | StoreError::Stale => Self::Overloaded,
            StoreError::Full | StoreError::QuotaUsed => Self::Full,
            StoreError::Unavailable(reason) => Self::Unavailable(reason),
            StoreError::KeyTaken { .. } => Self::IdempotencyMismatch,
            StoreError::InvalidPlace => Self::InvalidCursor,
            StoreError::NotStanding => Self::Unauthenticated,
            StoreError::Admins => Self::LastAdmin,
            StoreError::FileNotReady => Self::NotFound(Noun::File),
        }
    }
}

impl From<PasswordError> for AppError {
    fn from(PasswordError(reason): PasswordError) -> Self {
        Self::Unavailable(reason)
    }
}

impl From<BlobError> for AppError {
    fn from(error: BlobError) -> Self {
        match error {
            BlobError::TooLarge { limit } => Self::FileTooLarge { limit },
            BlobError::Interrupted(_) => Self::UploadInterrupted,
            BlobError::Full => Self::Full,
            BlobError::Missing => Self::NotFound(Noun::File),
            BlobError::Unavailable(error) => Self::Unavailable(error.to_string()),
        }
    }
}
