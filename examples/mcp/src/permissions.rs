//! Decides which permission each tool requires: [`ToolPermissions`].

use auth_runtime::{Authenticated, Claims, Permission, Rejection};
use rmcp::ErrorData;
use rmcp::model::Tool;
use std::collections::BTreeMap;

/// The permission that a tool requires.
#[derive(Clone, Copy)]
pub struct Required {
    scope: &'static str,
    check: fn(&Authenticated<Claims>) -> Result<(), Rejection>,
}

impl Required {
    /// Checks the permission of the caller. The event of a denial is emitted here.
    ///
    /// # Errors
    ///
    /// The [`Rejection`] for the client.
    pub fn check(self, auth: &Authenticated<Claims>) -> Result<(), Rejection> {
        (self.check)(auth)
    }
}

/// Requires a scope of the caller's token.
#[must_use]
pub fn requires<P: Permission<Claims>>() -> Required {
    Required { scope: P::NAME, check: |auth| auth.check::<P>().map(drop) }
}

/// Why a server with these tools does not start.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ToolTableError {
    /// A tool has no permission.
    #[error("tool has no permission: `{0}`: add it to the table, with `requires::<..>()`")]
    Undecided(String),
    /// A permission is for no tool.
    #[error("table names an unknown tool: `{0}`: remove it, or correct its name")]
    Unknown(String),
    /// A tool has two permissions.
    #[error("table names a tool twice: `{0}`: remove one of the two")]
    Twice(String),
}

/// The permission of each tool of a server.
pub struct ToolPermissions(BTreeMap<&'static str, Required>);

impl ToolPermissions {
    /// Compares a table with the tools of the server.
    ///
    /// # Errors
    ///
    /// [`ToolTableError`], with the name of a tool that only one of both has.
    pub fn new<const N: usize>(tools: &[Tool], table: [(&'static str, Required); N]) -> Result<Self, ToolTableError> {
        let names = table.map(|(name, _)| name);
        let table = BTreeMap::from(table);
        // The later of the two would decide.
        if let Some(name) = names.iter().find(|name| names.iter().filter(|other| other == name).count() > 1) {
            return Err(ToolTableError::Twice((*name).to_owned()));
        }
        if let Some(tool) = tools.iter().find(|tool| !table.contains_key(&*tool.name)) {
            return Err(ToolTableError::Undecided(tool.name.to_string()));
        }
        if let Some(name) = table.keys().find(|name| tools.iter().all(|tool| tool.name != **name)) {
            return Err(ToolTableError::Unknown((*name).to_owned()));
        }
        Ok(Self(table))
    }

    /// Returns what a tool requires.
    ///
    /// # Errors
    ///
    /// If the table does not name the tool.
    pub fn of(&self, tool: &str) -> Result<Required, ErrorData> {
        self.0.get(tool).copied().ok_or_else(|| ErrorData::invalid_params("tool not found", None))
    }

    /// Returns the scopes, for the metadata of the resource.
    #[must_use]
    pub fn scopes(&self) -> Vec<&'static str> {
        self.0.values().map(|required| required.scope).collect()
    }
}
