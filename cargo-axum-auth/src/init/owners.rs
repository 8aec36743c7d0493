//! Adds the owner of the lock, who reviews its changes, to CODEOWNERS.

use super::{Plan, Service};
use crate::base::Problem;
use std::path::Path;

pub(super) fn plan(service: &Service<'_>, owner: Option<&str>, plan: &mut Plan) -> Result<(), Problem> {
    let repository = &service.repository;
    let known = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"];
    let path = known.map(|name| repository.join(name)).into_iter().find(|path| path.exists());
    let path = path.unwrap_or_else(|| repository.join(known[0]));
    let now = plan.read(&path)?;
    let text = now.clone().unwrap_or_default();
    if text.lines().any(|line| !line.trim_start().starts_with('#') && line.contains("auth-posture.lock")) {
        return Ok(());
    }
    let lock = service.directory.strip_prefix(repository).unwrap_or(Path::new("")).join("auth-posture.lock");
    let lock = lock.to_string_lossy().replace('\\', "/").replace(' ', "\\ ");
    let Some(owner) = owner else {
        let file = path.strip_prefix(repository).unwrap_or(&path).display();
        plan.by_hand.push(format!("{file}: name the owner of the lock: `/{lock} @owner`, or give `--owner @owner`"));
        return Ok(());
    };
    let end = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    plan.change(path, now.as_deref(), format!("{text}{end}# Changes of who may call a route.\n/{lock} {owner}\n"));
    Ok(())
}
