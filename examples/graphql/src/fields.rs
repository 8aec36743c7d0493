//! Decides which permission each field of the schema requires: [`guarded`].

use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextResolve, ResolveInfo};
use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{TypeKind, TypeSystemDefinition};
use async_graphql::{
    Context, Error, ErrorExtensions, ObjectType, QueryPathSegment, Schema, SchemaBuilder, ServerResult,
    SubscriptionType, Value,
};
use auth_runtime::permissions::WeakenedProof;
use auth_runtime::{Authenticated, Claims, Permission, Rejection};
use axum::http::StatusCode;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The caller of a request. It is shared, because resolvers run at the same time.
pub type Caller = Arc<Authenticated<Claims>>;

/// Returns the proof of a permission, which opens a vault.
///
/// A resolver without it does not compile:
///
/// ```
/// # use async_graphql::{Context, Result};
/// # use auth_runtime::{Claims, Vault};
/// # use graphql::{OrdersRead, fields::caller};
/// async fn orders(orders: &Vault<u32, Claims, OrdersRead>, context: &Context<'_>) -> Result<u32> {
///     let auth = caller::<OrdersRead>(context)?;
///     Ok(*orders.open(&auth))
/// }
/// ```
///
/// ```compile_fail
/// # use async_graphql::{Context, Result};
/// # use auth_runtime::{Claims, Vault};
/// # use graphql::{OrdersRead, fields::Caller};
/// async fn orders(orders: &Vault<u32, Claims, OrdersRead>, context: &Context<'_>) -> Result<u32> {
///     let auth = context.data::<Caller>()?;
///     Ok(*orders.open(&**auth))
/// }
/// ```
///
/// # Errors
///
/// The denial for the client. Its event is already emitted.
pub fn caller<'a, P: Permission<Claims>>(context: &Context<'a>) -> Result<WeakenedProof<'a, Claims, P>, Error> {
    context.data_opt::<Caller>().ok_or_else(undecided)?.check().map_err(denied)
}

/// The decision about a field.
#[derive(Clone, Copy)]
pub struct Decision {
    /// The name of the permission; `None` for every caller of the route.
    pub permission: Option<&'static str>,
    check: fn(&Authenticated<Claims>) -> Result<(), Rejection>,
}

/// Requires a permission.
#[must_use]
pub fn requires<P: Permission<Claims>>() -> Decision {
    Decision { permission: Some(P::NAME), check: |auth| auth.check::<P>().map(drop) }
}

/// Shows a field to every caller of the route: it says nothing, or its object was checked.
#[must_use]
pub fn every_caller() -> Decision {
    Decision { permission: None, check: |_| Ok(()) }
}

/// Why a service with this schema does not start.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum FieldTableError {
    /// A field has no decision.
    #[error("field has no decision: `{0}`: add it to the table, with `requires::<..>()` or `every_caller()`")]
    Undecided(String),
    /// A decision is for no field.
    #[error("table names an unknown field: `{0}`: remove it, or correct its name")]
    Unknown(String),
    /// A field has two decisions.
    #[error("table names a field twice: `{0}`: remove one of the two")]
    Twice(String),
    /// The schema has another form than that of the specification.
    #[error("schema cannot be read: {0}")]
    Schema(String),
}

/// Builds a schema whose fields are resolved as the table decides.
///
/// # Errors
///
/// [`FieldTableError`], with the name of a field that only one of both has.
pub fn guarded<Q, M, S, const N: usize>(
    builder: SchemaBuilder<Q, M, S>,
    table: [(&'static str, Decision); N],
) -> Result<Schema<Q, M, S>, FieldTableError>
where
    Q: ObjectType + 'static,
    M: ObjectType + 'static,
    S: SubscriptionType + 'static,
{
    let mut decisions = BTreeMap::new();
    for (field, decision) in table {
        if decisions.insert(field, decision).is_some() {
            return Err(FieldTableError::Twice(field.to_owned()));
        }
    }
    let decisions = Arc::new(decisions);
    let schema = builder.extension(FieldDecisions(Arc::clone(&decisions))).finish();
    let fields = fields_of(&schema.sdl())?;
    if let Some(field) = fields.iter().find(|field| !decisions.contains_key(field.as_str())) {
        return Err(FieldTableError::Undecided(field.clone()));
    }
    match decisions.keys().find(|decided| fields.iter().all(|field| field != *decided)) {
        Some(unknown) => Err(FieldTableError::Unknown((*unknown).to_owned())),
        None => Ok(schema),
    }
}

/// The fields of all objects: `Query.orders`.
fn fields_of(sdl: &str) -> Result<Vec<String>, FieldTableError> {
    let document = parse_schema(sdl).map_err(|error| FieldTableError::Schema(error.to_string()))?;
    let mut fields = Vec::new();
    for definition in document.definitions {
        let TypeSystemDefinition::Type(definition) = definition else { continue };
        // The executor resolves the fields of an interface or a union on its objects.
        let TypeKind::Object(object) = &definition.node.kind else { continue };
        fields.extend(object.fields.iter().map(|field| format!("{}.{}", definition.node.name, field.node.name)));
    }
    Ok(fields)
}

struct FieldDecisions(Arc<BTreeMap<&'static str, Decision>>);

impl ExtensionFactory for FieldDecisions {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Operation { decisions: Arc::clone(&self.0), made: Mutex::default() })
    }
}

/// The decisions of one operation.
struct Operation {
    decisions: Arc<BTreeMap<&'static str, Decision>>,
    /// P7: a field of many objects is denied once, with one event.
    made: Mutex<BTreeMap<&'static str, Result<(), Rejection>>>,
}

impl Operation {
    fn decide(&self, field: &str, auth: Option<&Caller>) -> Result<(), Error> {
        // P6: a field that is not in the table is not resolved.
        let (Some((field, decision)), Some(auth)) = (self.decisions.get_key_value(field), auth) else {
            return Err(undecided());
        };
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        (*made.entry(field).or_insert_with(|| (decision.check)(auth))).map_err(denied)
    }
}

#[async_graphql::async_trait::async_trait]
impl Extension for Operation {
    /// Decides before the resolver of the field runs.
    async fn resolve(
        &self,
        context: &ExtensionContext<'_>,
        info: ResolveInfo<'_>,
        next: NextResolve<'_>,
    ) -> ServerResult<Option<Value>> {
        let is_item = matches!(info.path_node.segment, QueryPathSegment::Index(_));
        let is_introspection = info.is_for_introspection || matches!(info.name, "__schema" | "__type");
        if !is_item && !is_introspection {
            let field = format!("{}.{}", info.parent_type, info.name);
            self.decide(&field, context.data_opt()).map_err(|error| error.into_server_error(info.field.name.pos))?;
        }
        next.run(context, info).await
    }
}

/// P8: the client learns that the permission is missing, and which scope has it.
fn denied(rejection: Rejection) -> Error {
    let (message, code) = match rejection.status() {
        StatusCode::FORBIDDEN => ("permission denied", "FORBIDDEN"),
        _ => ("try again later", "UNAVAILABLE"),
    };
    Error::new(message).extend_with(|_, extensions| {
        extensions.set("code", code);
        if let Rejection::InsufficientScope { scope: Some(scope), .. } = rejection {
            extensions.set("scope", scope);
        }
    })
}

fn undecided() -> Error {
    Error::new("internal error")
}
