//! Calendar days.

#[cfg(feature = "issue")]
use super::ConfigError;
use serde::{Serialize, Serializer};
use std::fmt;
use std::time::SystemTime;
use time::{Month, OffsetDateTime};

/// A day of the Gregorian calendar, in UTC.
///
/// ```
/// use auth_runtime::posture::Policy;
/// use auth_runtime::{AuthRouter, public, routing::get};
///
/// #[public(reason = "price list of the spring fair", expires = "2027-01-31")]
/// async fn prices() {}
///
/// let app: AuthRouter = AuthRouter::new().route("/prices", get(prices));
/// let posture = app.posture();
/// let Policy::Public { expires: Some(day), .. } = &posture.routes()[0].policy else {
///     panic!("not public until a day: {posture}");
/// };
/// assert_eq!(day.to_string(), "2027-01-31");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date(time::Date);

impl Date {
    /// Converts from `yyyymmdd`, which `#[public]` has checked.
    pub(crate) fn from_number(number: u32) -> Self {
        let (year, month, day) = (number / 10_000, number / 100 % 100, number % 100);
        let date = (|| {
            let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
            time::Date::from_calendar_date(i32::try_from(year).ok()?, month, u8::try_from(day).ok()?).ok()
        })();
        // P6: an opt-out with an invalid date counts as expired.
        Self(date.unwrap_or(time::Date::MIN))
    }

    /// Reads `YYYY-MM-DD`.
    #[cfg(feature = "issue")]
    pub(crate) fn parse(name: &'static str, text: &str) -> Result<Self, ConfigError> {
        let refused = ConfigError::OutOfBounds { name, why: "write a day of the calendar as `YYYY-MM-DD`" };
        let is_date =
            |(place, byte): (usize, u8)| if matches!(place, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() };
        if text.len() != 10 || !text.bytes().enumerate().all(is_date) {
            return Err(refused);
        }
        match Self::from_number(text.replace('-', "").parse().map_err(|_| refused.clone())?) {
            Self(time::Date::MIN) => Err(refused),
            date => Ok(date),
        }
    }

    /// Returns the end of the day.
    pub(crate) fn end(self) -> SystemTime {
        self.0.next_day().unwrap_or(self.0).midnight().assume_utc().into()
    }

    pub(crate) fn of(time: SystemTime) -> Self {
        Self(OffsetDateTime::from(time).date())
    }
}

/// As `YYYY-MM-DD`.
impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.0.year(), u8::from(self.0.month()), self.0.day())
    }
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
