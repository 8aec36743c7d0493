//! Finds a rule that judged one object while the handler acts on another.

use super::Finding;
use super::rules::{SECOND_ID, UNUSED_PERMIT};
use crate::names::Parts;
use crate::scan::{FileScan, Function, Parameter};
use std::collections::BTreeMap;

/// The fields of the structs of the workspace.
pub(super) struct Fields<'a>(BTreeMap<&'a Parts, &'a [String]>);

impl<'a> Fields<'a> {
    pub(super) fn collect(scans: &[&'a FileScan]) -> Self {
        let structs = scans.iter().flat_map(|scan| &scan.structs);
        Self(structs.map(|of| (&of.path, of.fields.as_slice())).collect())
    }

    /// Returns the names in an extractor: of its variables, and of the fields of its struct.
    pub(super) fn names<'f>(&'f self, parameter: &'f Parameter) -> impl Iterator<Item = &'f str> {
        let inner = parameter.tree.inner.first().and_then(|inner| inner.path());
        let fields = inner.into_iter().flat_map(|path| &path.0).filter_map(|path| self.0.get(path));
        parameter.bindings.iter().map(String::as_str).chain(fields.flat_map(|fields| fields.iter().map(String::as_str)))
    }
}

/// Extractors of what a client sends beside the path.
const BESIDE_THE_PATH: [&str; 3] = ["Form", "Json", "Query"];

pub(super) fn is_named(parameter: &Parameter, names: &[&str]) -> bool {
    names.iter().any(|name| parameter.ty.ends_in(name))
}

pub(super) fn find(scan: &FileScan, fields: &Fields<'_>, findings: &mut Vec<Finding>) {
    for permit in &scan.habits.permits {
        findings.push(Finding::new(&UNUSED_PERMIT, &permit.place, &permit.item, permit.test));
    }
    for function in &scan.functions {
        if let Some(item) = unused_parameter(function) {
            findings.push(Finding::new(&UNUSED_PERMIT, &function.place, item, function.test));
        }
        if let Some(name) = second_id(function, fields) {
            let item = format!("`{name}` in `{}`", function.name);
            findings.push(Finding::new(&SECOND_ID, &function.place, item, function.test));
        }
    }
}

/// A data function that takes `Permitted<..>` and does not use it. Generated code may have none.
fn unused_parameter(function: &Function) -> Option<String> {
    let permitted = function.parameters.iter().find(|parameter| parameter.tree.referent().is_ours("Permitted"))?;
    let used = permitted.bindings.iter().any(|name| function.mentions(name));
    (!used && !function.body.is_empty()).then(|| format!("the `Permitted` of `{}`", function.name))
}

/// INC-78: the id of the judged object is in the path, and again in what the client sends.
fn second_id<'f>(function: &'f Function, fields: &'f Fields<'_>) -> Option<&'f str> {
    let judges = function.is_handler() && function.body.iter().any(|token| token.starts_with("permit"));
    if !judges {
        return None;
    }
    let in_path: Vec<&str> = function
        .parameters
        .iter()
        .filter(|parameter| is_named(parameter, &["Path"]))
        .flat_map(|parameter| parameter.bindings.iter().map(String::as_str))
        .collect();
    let of_the_object = |name: &str| name == "id" || in_path.contains(&name) || is_id_of_a_variable(function, name);
    let extractors = function.parameters.iter().filter(|parameter| is_named(parameter, &BESIDE_THE_PATH));
    extractors
        .flat_map(|parameter| fields.names(parameter))
        .find(|name| !in_path.is_empty() && of_the_object(name) && function.mentions(name) && is_read(function, name))
}

/// `order_id`, where the handler has `let order = auth.permit(..)?`.
fn is_id_of_a_variable(function: &Function, name: &str) -> bool {
    let Some(object) = name.strip_suffix("_id") else { return false };
    let judged = |at: usize| function.body[at..].iter().take(12).any(|token| token.starts_with("permit"));
    function.body.windows(2).enumerate().any(|(at, two)| two[0] == "let" && two[1] == object && judged(at))
}

/// Whether the body reads a field: `body.id`. A variable of the same name would be the path's.
fn is_read(function: &Function, name: &str) -> bool {
    function.body.windows(2).any(|two| two[0] == "." && two[1] == name)
}
