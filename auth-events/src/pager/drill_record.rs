//! Records the time of the last drill in a file.

use crate::diagnostics;
use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// After this time, the configuration may have changed since the drill.
const OLD: Duration = Duration::from_secs(30 * 24 * 60 * 60);

#[derive(Debug, Clone)]
pub(super) struct DrillRecord(pub(super) PathBuf);

impl DrillRecord {
    /// Describes the last drill, for the notice at the start.
    ///
    /// P7: a record that cannot be read is reported and does not count as a drill.
    pub(super) fn describe(&self) -> String {
        let text = match fs::read_to_string(&self.0) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return "NEVER TESTED: call `Events::drill`".to_owned();
            }
            Err(error) => return format!("last test unknown ({error}): call `Events::drill`"),
        };
        let Ok(last) = OffsetDateTime::parse(text.trim(), &Rfc3339) else {
            return "last test unknown (the record is not a time): call `Events::drill`".to_owned();
        };
        let age = SystemTime::now().duration_since(last.into()).unwrap_or_default();
        let old = if age > OLD { ", more than 30 days ago: call `Events::drill`" } else { "" };
        format!("last tested on {}{old}", last.date())
    }

    /// Records that a drill has arrived.
    pub(super) fn write(&self) {
        let now = OffsetDateTime::now_utc().format(&Rfc3339).unwrap_or_default();
        // By a rename, so that a crash leaves the old record.
        let beside = self.0.with_extension("new");
        if let Err(error) = fs::write(&beside, now).and_then(|()| fs::rename(&beside, &self.0)) {
            diagnostics::report(&format!("the drill cannot be recorded in {}: {error}", self.0.display()));
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
    fn a_drill_is_recorded_and_its_age_is_described() {
        let record = record("recorded");
        assert_eq!(record.describe(), "NEVER TESTED: call `Events::drill`");
        record.write();
        let today = time::OffsetDateTime::now_utc().date();
        assert_eq!(record.describe(), format!("last tested on {today}"));
        fs::write(&record.0, "2024-02-29T12:00:00Z\n").unwrap();
        assert_eq!(record.describe(), "last tested on 2024-02-29, more than 30 days ago: call `Events::drill`");
    }

    #[test]
    fn an_unreadable_record_does_not_count_as_a_drill() {
        let record = record("unreadable");
        for text in ["", "yesterday", "9999999999", "\u{0}\u{ff}"] {
            fs::write(&record.0, text).unwrap();
            assert!(record.describe().starts_with("last test unknown"), "{text:?}: {}", record.describe());
        }
        let folder = DrillRecord(std::env::temp_dir());
        assert!(folder.describe().starts_with("last test unknown"), "{}", folder.describe());
        folder.write();
    }
}
