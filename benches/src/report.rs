//! Tables for people, and a picture.

use crate::measure::Taken;
use plotters::prelude::*;
use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;

/// A row for each contender, a column for each algorithm. `None` where a contender doesn't know it.
pub struct Table {
    pub columns: Vec<String>,
    pub rows: Vec<(String, Vec<Option<Taken>>)>,
}

impl Table {
    /// One cell more for a contender, and a row for one that has none yet.
    pub fn push(&mut self, name: &str, column: usize, taken: Option<Taken>) {
        let row = match self.rows.iter().position(|(known, _)| known == name) {
            Some(row) => row,
            None => {
                self.rows.push((name.to_owned(), vec![None; self.columns.len()]));
                self.rows.len() - 1
            }
        };
        self.rows[row].1[column] = taken;
    }

    /// As Markdown.
    #[must_use]
    pub fn markdown(&self, title: &str) -> String {
        let mut text =
            format!("| {title} | {} |\n|---|{}\n", self.columns.join(" | "), "---:|".repeat(self.columns.len()));
        for (name, cells) in &self.rows {
            let cells: Vec<_> = cells.iter().map(|cell| cell.map_or_else(|| "-".to_owned(), Taken::to_text)).collect();
            let _ = writeln!(text, "| {name} | {} |", cells.join(" | "));
        }
        text
    }

    /// As bars, one group for each contender.
    ///
    /// # Errors
    ///
    /// When the file can't be written.
    pub fn draw(&self, title: &str, file: &Path) -> Result<(), Box<dyn Error + '_>> {
        const COLOURS: [RGBColor; 4] =
            [RGBColor(0, 114, 178), RGBColor(230, 159, 0), RGBColor(0, 158, 115), RGBColor(204, 121, 167)];
        let (rows, columns) = (i32::try_from(self.rows.len())?, i32::try_from(self.columns.len())?);
        let each = columns + 1;
        let height = u32::try_from(rows * each)? * 13 + 110;
        let root = SVGBackend::new(file, (980, height)).into_drawing_area();
        root.fill(&WHITE)?;
        // From the least of a request without authentication to the most of the slowest.
        let medians = || self.rows.iter().flat_map(|(_, cells)| cells.iter().flatten()).map(|taken| taken.median);
        let most = medians().fold(0.0, f64::max) * 1.6;
        let least = 10f64.powf(medians().fold(f64::MAX, f64::min).log10().floor());
        let mut chart = ChartBuilder::on(&root)
            .caption(title, ("sans-serif", 17))
            .margin(12)
            .x_label_area_size(42)
            .y_label_area_size(270)
            .build_cartesian_2d((least..most).log_scale(), 0..rows * each)?;
        chart
            .configure_mesh()
            .disable_y_mesh()
            .disable_y_axis()
            .x_desc("nanoseconds a request, on a scale of powers of ten: less is better")
            .x_label_formatter(&|at| format!("{at:.0}"))
            .label_style(("sans-serif", 12))
            .draw()?;
        for (column, name) in self.columns.iter().enumerate() {
            let colour = COLOURS[column % COLOURS.len()];
            let bars = self.rows.iter().enumerate().filter_map(|(row, (_, cells))| {
                let taken = cells[column]?;
                let row = i32::try_from(row).ok()?;
                let bottom = (rows - 1 - row) * each + (columns - 1 - i32::try_from(column).ok()?);
                Some(Rectangle::new([(least, bottom), (taken.median, bottom + 1)], colour.filled()))
            });
            chart
                .draw_series(bars)?
                .label(name)
                .legend(move |(x, y)| Rectangle::new([(x, y - 5), (x + 12, y + 5)], colour.filled()));
        }
        chart
            .configure_series_labels()
            .position(SeriesLabelPosition::UpperRight)
            .background_style(WHITE)
            .border_style(BLACK.mix(0.3))
            .label_font(("sans-serif", 13))
            .draw()?;
        let style = TextStyle::from(("sans-serif", 13).into_font()).pos(plotters::style::text_anchor::Pos::new(
            plotters::style::text_anchor::HPos::Right,
            plotters::style::text_anchor::VPos::Center,
        ));
        let (left, _) = chart.plotting_area().get_pixel_range();
        for (row, (name, _)) in self.rows.iter().enumerate() {
            let middle = (rows - 1 - i32::try_from(row)?) * each + columns / 2;
            let (_, y) = chart.plotting_area().map_coordinate(&(least, middle));
            root.draw_text(name, &style, (left.start - 8, y))?;
        }
        root.present()?;
        Ok(())
    }
}

impl Taken {
    /// The median, and how far the quarters around it reach.
    #[must_use]
    pub fn to_text(self) -> String {
        format!("{:.0} ±{:.0}", self.median, (self.upper - self.lower) / 2.0)
    }
}
