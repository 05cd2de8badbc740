//! Which compressed form a caller reads, by `Accept-Encoding` (RFC 9110, 12.5.3).

use axum::http::{HeaderMap, header};

/// What files are compressed to beforehand: the name on the wire and at the file's end, best first.
pub(super) const FORMS: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];

/// How much `name` is wanted, in thousandths; nothing said is nothing wanted.
pub(super) fn weight(headers: &HeaderMap, name: &str) -> u16 {
    let lines = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    let mut any = 0;
    for part in lines.flat_map(|line| line.split(',')) {
        let mut words = part.split(';').map(str::trim);
        let coding = words.next().unwrap_or_default();
        let weight = words
            .find_map(|word| word.strip_prefix("q=").or_else(|| word.strip_prefix("Q=")))
            .map_or(1_000, thousandths);
        if coding.eq_ignore_ascii_case(name) {
            return weight;
        }
        if coding == "*" {
            any = weight;
        }
    }
    any
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to what fits")]
fn thousandths(text: &str) -> u16 {
    text.parse::<f32>().map_or(0, |weight| (weight.clamp(0.0, 1.0) * 1_000.0) as u16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_weights() {
        let table = [
            ("gzip, deflate, br", 1_000, 1_000),
            ("gzip", 0, 1_000),
            ("br;q=0, *", 0, 1_000),
            ("BR; q=0.5, gzip;q=1.0", 500, 1_000),
            ("*;q=0.1", 100, 100),
            ("identity", 0, 0),
            ("br;q=x", 0, 0),
            ("", 0, 0),
        ];
        for (line, br, gzip) in table {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, line.parse().unwrap());
            assert_eq!((weight(&headers, "br"), weight(&headers, "gzip")), (br, gzip), "{line}");
        }
        assert_eq!(weight(&HeaderMap::new(), "br"), 0);
    }
}
