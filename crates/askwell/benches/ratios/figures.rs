//! What is told: which figures there are, what is wanted of each, and how rounds become one.

use serde_json::{Map, Value, json};

/// Every figure in the order of the report, with what is wanted of it.
const FIGURES: &[(&str, &str)] = &[
    ("store_create_1_vs_raw", "seen"),
    ("store_create_64_vs_raw_single", "seen"),
    ("store_create_64_vs_raw_batch", "seen"),
    ("store_create_256_vs_raw_single", "seen"),
    ("store_create_256_vs_raw_batch", ">= 0.90"),
    ("store_audit_cost_256", "seen"),
    ("http_create_vs_hello_64", ">= 0.40"),
    ("http_respond_vs_hello_64", ">= 0.40"),
    ("http_get_vs_hello_64", "seen"),
    ("http_list_vs_hello_64", "seen"),
    ("http_create_vs_echo_64", "seen"),
    ("http_respond_vs_echo_64", "seen"),
    ("http_get_vs_echo_64", "seen"),
    ("http_list_vs_echo_64", "seen"),
    ("token_check_cost", "<= 0.05"),
    ("accounts_create_cost", "seen"),
    ("respond_wake_vs_commit_p50", "<= 1.5"),
    ("pairs_1_vs_ceiling", ">= 0.6"),
    ("pairs_16_vs_ceiling", "seen"),
    ("pairs_64_vs_ceiling", ">= 0.4"),
    ("wake_p50_vs_ceiling", "<= 1.5"),
    ("wake_16_p50_vs_ceiling", "seen"),
    ("wake_64_p50_vs_ceiling", "seen"),
    ("wake_64_p99_vs_ceiling", "seen"),
    ("socketio_event_p50_vs_bare", "seen"),
    ("socketio_event_p99_vs_bare", "seen"),
    ("guesses_read_p99_ratio", "<= 1.5"),
    ("longpoll_kb", "<= 20"),
    ("socketio_kb", "<= 36"),
    ("timeout_late_p50_ms", "seen"),
    ("timeout_late_p99_ms", "<= 50"),
    ("million_start_s", "<= 3"),
    ("million_extra_mb", "<= 60"),
    ("list_million_vs_few", "seen"),
    ("search_million_vs_few", "seen"),
    ("person_list_million_vs_few", "seen"),
    ("person_search_million_vs_few", "seen"),
    ("search_absent_million_ms", "seen"),
];

/// What was measured so far.
#[derive(Default)]
pub(crate) struct Figures(Map<String, Value>);

impl Figures {
    /// Notes and prints a figure.
    pub(crate) fn note(&mut self, name: &str, value: f64) {
        let (_, wanted) = FIGURES.iter().find(|(known, _)| *known == name).unwrap();
        let value = (value * 1000.0).round() / 1000.0;
        println!("{name:<34} {value:>10}   wanted {wanted}");
        self.0.insert(name.to_owned(), json!(value));
    }

    /// The last line: every figure there is, null where it was not measured.
    pub(crate) fn line(&self) -> String {
        let all: Map<_, _> = FIGURES
            .iter()
            .map(|(name, _)| ((*name).to_owned(), self.0.get(*name).cloned().unwrap_or_default()))
            .collect();
        Value::Object(all).to_string()
    }
}

/// The middle of some figures.
pub(crate) fn median(figures: Vec<f64>) -> f64 {
    quantile(figures, 0.5)
}

/// The figure that so great a part of them is below.
pub(crate) fn quantile(mut figures: Vec<f64>, part: f64) -> f64 {
    figures.sort_by(f64::total_cmp);
    let place = part_of(figures.len() as f64, part);
    figures.get(place.min(figures.len().saturating_sub(1))).copied().unwrap_or(f64::NAN)
}

/// A part of so many, as a count.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts are neither negative nor huge")]
pub(crate) fn part_of(many: f64, part: f64) -> usize {
    (many * part) as usize
}

/// For each name the ratios of the rounds so far.
#[derive(Default)]
pub(crate) struct Rounds(Vec<(&'static str, Vec<f64>)>);

impl Rounds {
    pub(crate) fn add(&mut self, name: &'static str, ratio: f64) {
        match self.0.iter_mut().find(|(known, _)| *known == name) {
            Some((_, ratios)) => ratios.push(ratio),
            None => self.0.push((name, vec![ratio])),
        }
    }

    /// Notes each median.
    pub(crate) fn note(self, figures: &mut Figures) {
        for (name, ratios) in self.0 {
            figures.note(name, median(ratios));
        }
    }
}
