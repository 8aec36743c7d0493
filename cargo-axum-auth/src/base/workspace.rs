//! Lists packages and the roots of their targets with `cargo metadata`.

use super::paths::relative;
use super::problem::Problem;
use cargo_metadata::semver::Version;
use cargo_metadata::{CargoOpt, Metadata, MetadataCommand, TargetKind};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The packages of one cargo workspace.
#[derive(Debug)]
pub(crate) struct Workspace {
    pub(crate) root: PathBuf,
    pub(crate) packages: Vec<Package>,
}

#[derive(Debug)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) manifest: PathBuf,
    pub(crate) targets: Vec<Target>,
    /// The crates that its code can name, by their name there, with their real names.
    pub(crate) externs: BTreeMap<String, String>,
    /// The required version of axum, if it is not one that `auth-runtime` has.
    pub(crate) other_axum: Option<String>,
    /// Whether it is selected. The others are read too, because it may use their re-exports.
    pub(crate) selected: bool,
}

/// A program or a library.
#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) name: String,
    pub(crate) root: PathBuf,
    pub(crate) library: bool,
    /// A test, a benchmark or an example, which is not deployed.
    pub(crate) test: bool,
}

impl Workspace {
    /// Asks cargo. `packages` selects packages by name; an empty list selects all.
    pub(crate) fn find(manifest: Option<&Path>, packages: &[String]) -> Result<Self, Problem> {
        let metadata = metadata(manifest)?;
        let mut found: Vec<Package> = metadata.workspace_packages().into_iter().map(Package::of).collect();
        for wanted in packages {
            if !found.iter().any(|package| &package.name == wanted) {
                let names: Vec<&str> = found.iter().map(|package| package.name.as_str()).collect();
                return Err(Problem::NoSuchPackage(wanted.clone(), names.join(", ")));
            }
        }
        for package in &mut found {
            package.selected = packages.is_empty() || packages.contains(&package.name);
        }
        Ok(Self { root: metadata.workspace_root.into_std_path_buf(), packages: found })
    }

    /// A path as it is shown: from the root of the workspace on, with `/` everywhere.
    pub(crate) fn shown(&self, path: &Path) -> String {
        relative(&self.root, path)
    }
}

/// Runs `cargo metadata`, without the network if possible.
fn metadata(manifest: Option<&Path>) -> Result<Metadata, Problem> {
    let ask = |offline: bool| {
        let mut command = MetadataCommand::new();
        command.no_deps().features(CargoOpt::AllFeatures);
        if let Some(manifest) = manifest {
            command.manifest_path(manifest);
        }
        if offline {
            command.other_options(["--offline".to_owned()]);
        }
        command.exec()
    };
    Ok(ask(true).or_else(|_| ask(false))?)
}

impl Package {
    fn of(package: &cargo_metadata::Package) -> Self {
        let mut externs: BTreeMap<String, String> = package
            .dependencies
            .iter()
            .map(|dependency| {
                let name = dependency.rename.as_ref().unwrap_or(&dependency.name);
                (in_code(name), in_code(&dependency.name))
            })
            .collect();
        // The library of the package itself, for its programs and tests.
        externs.extend(package.targets.iter().filter(|t| is_library(t)).map(|t| (in_code(&t.name), in_code(&t.name))));
        Self {
            name: package.name.to_string(),
            manifest: package.manifest_path.clone().into_std_path_buf(),
            targets: package.targets.iter().filter(|t| !t.is_custom_build()).map(Target::of).collect(),
            externs,
            other_axum: other_axum(package),
            selected: false,
        }
    }

    /// Whether its code uses or makes proofs, and must be free of `unsafe`.
    pub(crate) fn holds_proofs(&self) -> bool {
        self.name == "auth-runtime" || self.externs.values().any(|real| real == "auth_runtime")
    }
}

impl Target {
    fn of(target: &cargo_metadata::Target) -> Self {
        Self {
            name: in_code(&target.name),
            root: target.src_path.clone().into_std_path_buf(),
            library: is_library(target),
            test: target.is_test() || target.is_bench() || target.is_example(),
        }
    }
}

/// The version of axum on which `auth-runtime` is built.
const AXUM: (u64, u64) = (0, 8);

fn other_axum(package: &cargo_metadata::Package) -> Option<String> {
    let axum = package.dependencies.iter().find(|dependency| dependency.name == "axum")?;
    let mut ours = (0..100).map(|patch| Version::new(AXUM.0, AXUM.1, patch));
    (!ours.any(|version| axum.req.matches(&version))).then(|| axum.req.to_string())
}

fn is_library(target: &cargo_metadata::Target) -> bool {
    target.kind.iter().any(|kind| {
        matches!(
            kind,
            TargetKind::Lib
                | TargetKind::RLib
                | TargetKind::DyLib
                | TargetKind::CDyLib
                | TargetKind::StaticLib
                | TargetKind::ProcMacro
        )
    })
}

fn in_code(name: &str) -> String {
    name.replace('-', "_")
}
