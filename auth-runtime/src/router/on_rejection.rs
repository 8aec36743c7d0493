//! Lets a service format the rejections of its router.

use super::AuthRouter;
#[cfg(feature = "grpc")]
use crate::rejection::GrpcRejections;
use crate::rejection::{RejectionContext, RejectionFormat};
use axum::response::IntoResponse;
use axum::{Extension, Router};
use http::Extensions;

/// The functions of a router and of the routers in it.
#[derive(Debug, Clone, Default)]
pub(super) struct RejectionFormats {
    own: Option<RejectionFormat>,
    /// Whether a nested or merged router has a function of its own.
    inner: bool,
    /// Whether this router hides unmatched routes, also outside of nested routers.
    hides: bool,
    /// Whether this router, or one in it, has a gRPC service.
    #[cfg(feature = "grpc")]
    grpc: bool,
}

impl RejectionFormats {
    pub(super) fn insert_into(&self, extensions: &mut Extensions) {
        if let Some(format) = &self.own {
            extensions.insert(format.clone());
        }
        #[cfg(feature = "grpc")]
        if self.grpc {
            GrpcRejections::insert_into(extensions);
        }
    }

    #[cfg(feature = "grpc")]
    pub(super) fn has_grpc(&mut self) {
        self.grpc = true;
    }

    #[track_caller]
    pub(super) fn hide_unmatched(&mut self) {
        self.hides = true;
        self.assert_uniform();
    }

    /// Keeps the function of an inner router, for its routes.
    #[track_caller]
    pub(super) fn nest<S>(&mut self, inner: Self, routes: Router<S>) -> Router<S>
    where
        S: Clone + Send + Sync + 'static,
    {
        self.inner |= inner.inner || inner.own.is_some();
        #[cfg(feature = "grpc")]
        {
            self.grpc |= inner.grpc;
        }
        self.assert_uniform();
        match inner.own {
            Some(format) => routes.layer(Extension(format)),
            None => routes,
        }
    }

    /// As [`nest`](Self::nest), for a router whose fallback becomes that of this one.
    #[track_caller]
    pub(super) fn merge<S>(&mut self, other: Self, routes: Router<S>) -> Router<S>
    where
        S: Clone + Send + Sync + 'static,
    {
        self.hides |= other.hides;
        self.nest(other, routes)
    }

    /// P8, P9: with two formats, the body shows which paths exist.
    #[track_caller]
    fn assert_uniform(&self) {
        assert!(
            !(self.hides && self.inner),
            "a router that hides unmatched routes contains a router with its own `on_rejection`, so its rejections \
             would show which paths exist: call `on_rejection` on the outer router only"
        );
    }
}

impl<S: Clone + Send + Sync + 'static> AuthRouter<S> {
    /// Formats all rejections of this router with one function.
    ///
    /// The function makes the body, and headers of its own. The status, `WWW-Authenticate`,
    /// `Cache-Control`, `Vary` and `Retry-After` are set afterwards, whatever it returns. It cannot
    /// see the reason. If it panics, the client gets the default response.
    ///
    /// ```
    /// use auth_runtime::AuthRouter;
    /// use auth_runtime::decision::RejectionContext;
    /// use axum::response::{IntoResponse, Response};
    ///
    /// fn error(rejection: &RejectionContext) -> Response {
    ///     let code = rejection.status().as_u16();
    ///     let body = format!(r#"{{"error":{{"code":{code},"message":"access denied"}}}}"#);
    ///     ([("content-type", "application/json")], body).into_response()
    /// }
    ///
    /// let app: AuthRouter = AuthRouter::new().on_rejection(error);
    /// ```
    ///
    /// The function cannot tell an expired token from a forged one:
    ///
    /// ```compile_fail
    /// # use auth_runtime::decision::RejectionContext;
    /// fn error(rejection: &RejectionContext) -> String {
    ///     rejection.reason().to_string()
    /// }
    /// ```
    ///
    /// It applies to every route, fallback and service of this router, also to those that are added
    /// later, and to a [`Rejection`](crate::Rejection) that a handler returns. Layers see the final
    /// response. A router that is nested or merged here keeps its own function, if it has one.
    ///
    /// It does not apply to responses of layers, nor to an error of the service's own into which a
    /// handler turned a rejection. The redirect to a
    /// [login page](crate::credentials::Carrier::login_page) has no body, and is kept as it is.
    ///
    /// # Panics
    ///
    /// If this router already has a function.
    // P8: one function, given nothing but the kind and the head. P10: the service keeps its format.
    #[track_caller]
    pub fn on_rejection<R>(mut self, format: impl Fn(&RejectionContext) -> R + Send + Sync + 'static) -> Self
    where
        R: IntoResponse,
    {
        assert!(self.formats.own.is_none(), "this router already has an `on_rejection`: keep one of them");
        self.formats.own = Some(RejectionFormat::new(format));
        self
    }
}
