//! Plans all changes.

use super::service::service;
use super::{Plan, Source, ci, clippy, manifest, moving, owners, test, unsafe_code};
use crate::base::{Problem, Workspace};
use crate::inventory::survey;

/// Plans what is missing. `owner` reviews changes of the lock; `source` has our packages.
///
/// # Errors
///
/// When it is not clear which package is the service, a package has to be installed and there is no
/// `source`, or a file that has to be changed cannot be read.
pub(crate) fn plan(workspace: &Workspace, owner: Option<&str>, source: Option<Source>) -> Result<Plan, Problem> {
    let service = service(workspace, source)?;
    let mut plan = Plan::default();
    let survey = survey(workspace, service.package);
    manifest::runtime(&service, &mut plan)?;
    if !survey.handlers.is_empty() {
        moving::plan(&service, &survey, &mut plan);
        // The guards would fail in a service that has not moved: its build, its tests and its CI.
        if !survey.has_auth_router {
            plan.moving = true;
            return Ok(plan);
        }
    }
    clippy::plan(&service, &mut plan)?;
    manifest::plan(&service, &mut plan)?;
    unsafe_code::plan(&service, &survey.unsafe_code, &mut plan)?;
    test::plan(&service, &mut plan)?;
    owners::plan(&service, owner, &mut plan)?;
    ci::plan(&service, &mut plan)?;
    Ok(plan)
}
