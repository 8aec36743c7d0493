//! Posts the requests of OpenTelemetry's exporter, and reads their responses.

use super::http_endpoint::{ANSWER, failed, retry_after, to_log_line, unanswered};
use super::protocol::Outcome;
use async_trait::async_trait;
use auth_base::http::client::{HttpClient as Client, bounded};
use auth_base::http::url::CheckedUrl;
use http::HeaderMap;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceResponse;
use prost::Message;
use std::sync::{Arc, Mutex, PoisonError};

/// The outcome of the last request, because the exporter itself gives only text.
pub(super) type Answered = Arc<Mutex<Option<Outcome>>>;

pub(super) fn take(answered: &Answered) -> Option<Outcome> {
    answered.lock().unwrap_or_else(PoisonError::into_inner).take()
}

/// Sends each request once and keeps its outcome.
#[derive(Debug)]
pub(super) struct OtlpClient {
    pub(super) client: Client,
    /// The destination, regardless of the exporter's environment variables.
    pub(super) url: CheckedUrl,
    pub(super) headers: HeaderMap,
    pub(super) answered: Answered,
}

#[async_trait]
impl HttpClient for OtlpClient {
    async fn send_bytes(&self, mut request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        request.headers_mut().extend(self.headers.clone());
        let outcome = self.request(request).await;
        self.answered.lock().unwrap_or_else(PoisonError::into_inner).replace(outcome);
        // The exporter has nothing to add to the outcome.
        Ok(Response::new(Bytes::new()))
    }
}

impl OtlpClient {
    async fn request(&self, request: Request<Bytes>) -> Outcome {
        let (parts, body) = request.into_parts();
        let request = self.client.post(&self.url).headers(parts.headers).body(body);
        let answer = match request.send().await {
            Ok(answer) if answer.status().is_success() => answer,
            Ok(answer) => return self.rejection(answer).await,
            Err(error) => return unanswered(error),
        };
        // The collector has the batch now, even if its response cannot be read.
        let body = bounded(answer, ANSWER).await.ok();
        let response = body.and_then(|body| ExportLogsServiceResponse::decode(body.as_slice()).ok());
        let Some(partial) = response.and_then(|response| response.partial_success) else { return Outcome::Taken };
        // P7: records that were rejected from an accepted batch must not be sent again, and are
        // dropped. If none was rejected, the message is a warning (OTLP specification, "Partial
        // Success").
        let rejected = u64::try_from(partial.rejected_log_records).unwrap_or_default();
        match (rejected, partial.error_message.as_str()) {
            (0, "") => Outcome::Taken,
            (rejected, message) => Outcome::TakenInPart { rejected, why: self.to_log_line(message) },
        }
    }

    /// Reads a failure, which is a `google.rpc.Status` in protobuf (OTLP specification,
    /// "Failures").
    async fn rejection(&self, answer: reqwest::Response) -> Outcome {
        let (status, wait) = (answer.status(), retry_after(answer.headers()));
        let kind = answer.headers().get(http::header::CONTENT_TYPE);
        let is_protobuf = kind.is_some_and(|kind| kind == "application/x-protobuf");
        let body = if is_protobuf { bounded(answer, ANSWER).await.ok() } else { None };
        let reply = body.and_then(|body| Status::decode(body.as_slice()).ok());
        let message = reply.map(|reply| format!("{} (code {})", self.to_log_line(&reply.message), reply.code));
        failed(status, wait, message)
    }

    fn to_log_line(&self, text: &str) -> String {
        let headers: Vec<_> = self.headers.values().filter_map(|value| value.to_str().ok()).collect();
        to_log_line(text, &headers)
    }
}

/// `google.rpc.Status`, without its details.
#[derive(Clone, PartialEq, Message)]
struct Status {
    #[prost(int32, tag = "1")]
    code: i32,
    #[prost(string, tag = "2")]
    message: String,
}
