//! Records in a file when the pager was last tested.

use super::super::diagnostics;
use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// After so long, the configuration may have changed since the test.
const OLD: Duration = Duration::from_hours(30 * 24);

#[derive(Debug, Clone)]
pub(super) struct DrillRecord(pub(super) PathBuf);

impl DrillRecord {
    /// For the notice at start. P7: a record that cannot be read is reported and does not count as a drill.
    pub(super) fn said(&self) -> String {
        let text = match fs::read_to_string(&self.0) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return "NEVER TRIED: `Events::drill` does".to_owned();
            }
            Err(error) => return format!("nobody knows when it was last tried ({error}): `Events::drill` does"),
        };
        let Ok(last) = OffsetDateTime::parse(text.trim(), &Rfc3339) else {
            return "nobody knows when it was last tried (the record is none): `Events::drill` does".to_owned();
        };
        let age = SystemTime::now().duration_since(last.into()).unwrap_or_default();
        let old = if age > OLD { ", which is long ago: `Events::drill` does" } else { "" };
        format!("last tried on {}{old}", last.date())
    }

    /// A drill has arrived.
    pub(super) fn note(&self) {
        let now = OffsetDateTime::now_utc().format(&Rfc3339).unwrap_or_default();
        // By a rename, so that a crash leaves the old record.
        let beside = self.0.with_extension("new");
        if let Err(error) = fs::write(&beside, now).and_then(|()| fs::rename(&beside, &self.0)) {
            diagnostics::report(&format!("that the pager was tried can't be noted in {}: {error}", self.0.display()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::DrillRecord;
    use std::fs;

    fn record(name: &str) -> DrillRecord {
        let path = std::env::temp_dir().join(format!("auth-drill-{name}-{}", std::process::id()));
        let _ = fs::remove_file(&path);
        DrillRecord(path)
    }

    #[test]
    fn a_drill_is_remembered_and_its_age_is_said() {
        let record = record("remembered");
        assert_eq!(record.said(), "NEVER TRIED: `Events::drill` does");
        record.note();
        let today = time::OffsetDateTime::now_utc().date();
        assert_eq!(record.said(), format!("last tried on {today}"));
        fs::write(&record.0, "2024-02-29T12:00:00Z\n").unwrap();
        assert_eq!(record.said(), "last tried on 2024-02-29, which is long ago: `Events::drill` does");
    }

    #[test]
    fn a_record_that_is_none_is_no_drill() {
        let record = record("none");
        for text in ["", "yesterday", "9999999999", "\u{0}\u{ff}"] {
            fs::write(&record.0, text).unwrap();
            assert!(record.said().starts_with("nobody knows when"), "{text:?}: {}", record.said());
        }
        let folder = DrillRecord(std::env::temp_dir());
        assert!(folder.said().starts_with("nobody knows when"), "{}", folder.said());
        folder.note();
    }
}
