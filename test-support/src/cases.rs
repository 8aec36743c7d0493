//! Scales the number of cases of a property test.

/// With this `PROPTEST_CASES` a property tries all its cases, as in `.ci/run`.
const ALL: u32 = 2048;

/// Returns how many of `all` cases to try: an eighth, or `PROPTEST_CASES` of each 2048.
///
/// An eighth is what proptest's default of 256 gives, so that the variable changes these properties
/// and those of `proptest!` alike.
///
/// # Panics
///
/// If `PROPTEST_CASES` is not a number.
#[must_use]
pub fn cases(all: u32) -> u32 {
    scaled(all, std::env::var("PROPTEST_CASES").ok().as_deref())
}

fn scaled(all: u32, proptest_cases: Option<&str>) -> u32 {
    let of_each_2048 = proptest_cases.map_or(256, |text| {
        text.parse::<u32>().unwrap_or_else(|_| panic!("`PROPTEST_CASES`: `{text}`: set it to a number"))
    });
    let cases = u64::from(all) * u64::from(of_each_2048) / u64::from(ALL);
    u32::try_from(cases).unwrap_or(u32::MAX).max(1)
}

#[cfg(test)]
mod tests {
    use super::scaled;

    #[test]
    fn the_variable_scales_the_cases() {
        assert_eq!(scaled(4000, None), 500);
        assert_eq!(scaled(4000, Some("256")), 500);
        assert_eq!(scaled(4000, Some("2048")), 4000);
        assert_eq!(scaled(4000, Some("4096")), 8000);
        assert_eq!(scaled(3, None), 1);
        assert_eq!(scaled(u32::MAX, Some("4096")), u32::MAX);
    }
}
