//! What was found wrong with, or odd about, what somebody sent.
//!
//! A finding is a stable code, a JSON pointer and arguments; the words are
//! made from `locales/` at the edge, in the reader's language.

use std::fmt;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// What is wrong, as a stable word of the wire.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code { $($(#[$doc])* $name,)* }

        impl Code {
            /// Every code, for documentation and translation tests.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The word on the wire.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

codes! {
    /// A key is needed and absent.
    MissingField = "missing_field",
    /// A required answer is absent or empty.
    Required = "required",
    /// The JSON type is not the expected one. Args: `expected`, `actual`.
    WrongType = "wrong_type",
    /// The value is none of those allowed. Args: `value`, `allowed`.
    NotAllowed = "not_allowed",
    /// The chosen option is none of those offered. Args: `value`, `allowed`.
    UnknownOption = "unknown_option",
    /// Nobody here goes by this name. Args: `value`.
    UnknownPerson = "unknown_person",
    /// Whoever asked does not answer. Args: `value`.
    RequesterMayNotAnswer = "requester_may_not_answer",
    /// `interaction_type` is none that this server knows. Args: `value`, `allowed`.
    UnknownKind = "unknown_kind",
    /// Text is longer than allowed. Args: `limit`, `actual` (characters or bytes as `unit`).
    TooLong = "too_long",
    /// A name has a character that cannot be seen, such as a line break.
    ControlCharacter = "control_character",
    /// Text is shorter than allowed. Args: `limit`, `actual`.
    TooShort = "too_short",
    /// A list has more entries than allowed. Args: `limit`, `actual`.
    TooMany = "too_many",
    /// A list has fewer entries than needed. Args: `limit`, `actual`.
    TooFew = "too_few",
    /// A number is below its minimum. Args: `limit`.
    BelowMinimum = "below_minimum",
    /// A number is above its maximum. Args: `limit`.
    AboveMaximum = "above_maximum",
    /// An integer does not fit 64 bits.
    NumberOutOfRange = "number_out_of_range",
    /// A text does not match its pattern. Args: `pattern`.
    PatternMismatch = "pattern_mismatch",
    /// A pattern does not compile, or is too large. Args: `reason`.
    InvalidPattern = "invalid_pattern",
    /// The text is no e-mail address.
    InvalidEmail = "invalid_email",
    /// The text is no absolute http or https address.
    InvalidUrl = "invalid_url",
    /// The text is no date (`YYYY-MM-DD`).
    InvalidDate = "invalid_date",
    /// The text is no date and time (RFC 3339, or local without offset).
    InvalidDatetime = "invalid_datetime",
    /// The text is no time of day (`HH:MM` or `HH:MM:SS`).
    InvalidTime = "invalid_time",
    /// The text is no colour (`#rrggbb`).
    InvalidColor = "invalid_color",
    /// The text is no telephone number.
    InvalidTel = "invalid_tel",
    /// The same value or name stands twice. Args: `value`.
    Duplicate = "duplicate",
    /// A schema is not usable. Args: `reason`.
    InvalidSchema = "invalid_schema",
    /// The answer does not fit the schema. Args: `reason`.
    SchemaMismatch = "schema_mismatch",
    /// `default_value` is needed here, or is not a valid answer itself. Args: `reason`?
    InvalidDefault = "invalid_default",
    /// Silence may not answer this kind of question. Args: `kind`.
    SilenceNotAllowed = "silence_not_allowed",
    /// A size is not understood. Args: `value`.
    InvalidSize = "invalid_size",
    /// A file id that is unknown here or not ready. Args: `value`.
    UnknownFile = "unknown_file",
    /// A file's type is none of those accepted. Args: `name`, `allowed`.
    FileTypeNotAccepted = "file_type_not_accepted",
    /// A file is larger than allowed. Args: `name`, `limit`.
    FileTooLarge = "file_too_large",
    /// The review does not allow this action. Args: `value`, `allowed`.
    ActionNotAllowed = "action_not_allowed",
    /// Instructions are needed with this action.
    InstructionsRequired = "instructions_required",
    /// A key of a translated text is no language tag. Args: `value`.
    InvalidLanguage = "invalid_language",
    /// The text is no JSON.
    InvalidJson = "invalid_json",
    /// Warning: a key that this kind of question has no use for; it was ignored. Args: `key`, `kind`.
    UnusedKey = "unused_key",
    /// Answering many at once is only for questions of low risk.
    NotLowRisk = "not_low_risk",
    /// Answering many at once is only for questions of one shape.
    NotAlike = "not_alike",
    /// Warning: a key that this server does not know; it was ignored. Args: `key`.
    UnknownKey = "unknown_key",
    /// Warning: the callback's address may not be called. Args: `reason`, `setting`.
    CallbackRefusedByEgress = "callback_refused_by_egress",
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One thing found, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// RFC 6901 pointer into what was sent; `""` is the whole.
    pub pointer: String,
    /// What was found.
    pub code: Code,
    /// Values for the sentence, by name.
    pub args: Vec<(&'static str, String)>,
}

impl Finding {
    /// A finding without arguments.
    #[must_use]
    pub fn new(pointer: impl Into<String>, code: Code) -> Self {
        Self { pointer: pointer.into(), code, args: Vec::new() }
    }

    /// The same with one more argument.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.args.push((name, value.to_string()));
        self
    }
}

/// All that was found in one document: violations refuse it, warnings only inform.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// Why it is refused.
    pub violations: Vec<Finding>,
    /// What was odd and has been ignored.
    pub warnings: Vec<Finding>,
}

impl Findings {
    /// Adds a violation.
    pub fn refuse(&mut self, finding: Finding) {
        self.violations.push(finding);
    }

    /// Adds a warning.
    pub fn warn(&mut self, finding: Finding) {
        self.warnings.push(finding);
    }
}
