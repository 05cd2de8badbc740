//! What a form field holds.
//!
//! Job: the words of `field_type`, and which of a field's other keys each uses.
//! Neighbours: [`super::field`], [`super::field_answer`].

/// What a form field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FieldType {
    Text,
    Textarea,
    Number,
    Integer,
    Email,
    Url,
    Password,
    Date,
    Datetime,
    Time,
    Select,
    Multiselect,
    Radio,
    Checkbox,
    Range,
    Tel,
    Color,
    Json,
}

impl FieldType {
    pub(super) const WORDS: [(&str, Self); 18] = [
        ("text", Self::Text),
        ("textarea", Self::Textarea),
        ("number", Self::Number),
        ("integer", Self::Integer),
        ("email", Self::Email),
        ("url", Self::Url),
        ("password", Self::Password),
        ("date", Self::Date),
        ("datetime", Self::Datetime),
        ("time", Self::Time),
        ("select", Self::Select),
        ("multiselect", Self::Multiselect),
        ("radio", Self::Radio),
        ("checkbox", Self::Checkbox),
        ("range", Self::Range),
        ("tel", Self::Tel),
        ("color", Self::Color),
        ("json", Self::Json),
    ];

    pub(super) fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, field_type)| *field_type == self).map_or("", |(word, _)| word)
    }

    /// Whether `min_value` and `max_value` bound it.
    pub(super) fn is_number(self) -> bool {
        matches!(self, Self::Number | Self::Integer | Self::Range)
    }

    /// Whether a pattern may bound it.
    pub(super) fn takes_pattern(self) -> bool {
        matches!(
            self,
            Self::Text
                | Self::Textarea
                | Self::Password
                | Self::Email
                | Self::Url
                | Self::Tel
                | Self::Number
                | Self::Integer
        )
    }

    /// Whether it cannot be without options.
    pub(super) fn needs_options(self) -> bool {
        matches!(self, Self::Select | Self::Multiselect | Self::Radio)
    }

    /// Whether it may have options: without them a checkbox is one box, with them a group of boxes.
    pub(super) fn takes_options(self) -> bool {
        self.needs_options() || self == Self::Checkbox
    }

    /// Whether an empty text is a text here, rather than no answer.
    pub(super) fn is_free_text(self) -> bool {
        matches!(self, Self::Text | Self::Textarea | Self::Password)
    }
}
