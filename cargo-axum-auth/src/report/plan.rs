//! Writes the plan of `init`.

use super::{Style, counted};
use crate::base::Workspace;
use crate::init::{Plan, Step, difference};
use std::io::{self, Write};

/// Writes each file with its changed lines.
pub(crate) fn plan(out: &mut impl Write, style: Style, workspace: &Workspace, plan: &Plan) -> io::Result<()> {
    for Step { path, before, after } in &plan.steps {
        let is_new = if before.is_none() { " (new)" } else { "" };
        writeln!(out, "{}{is_new}", style.bold(&workspace.shown(path)))?;
        for line in difference(before.as_deref().unwrap_or_default(), after) {
            let line = match line.chars().next() {
                Some('+') => style.green(&line),
                Some('-') => style.red(&line),
                _ => line,
            };
            writeln!(out, "    {line}")?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// Lists the steps for the operator.
pub(crate) fn by_hand(out: &mut impl Write, style: Style, plan: &Plan) -> io::Result<()> {
    if plan.by_hand.is_empty() {
        return Ok(());
    }
    writeln!(out, "{} left to do by hand:", counted(plan.by_hand.len(), "thing"))?;
    for what in &plan.by_hand {
        writeln!(out, "  {} {}", style.yellow("-"), what.trim_end().replace('\n', "\n    "))?;
    }
    Ok(())
}
