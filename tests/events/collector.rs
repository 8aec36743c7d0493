//! Receivers that behave like Splunk and like an OpenTelemetry collector, on real sockets.
//!
//! They can be killed and restarted.

use crate::support::{Listener, Mint, Server, claims, get, get_with};
use auth_runtime::Events;
use auth_runtime::keys::Algorithm;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, Uri};
use opentelemetry_proto::tonic::collector::logs::v1::{
    ExportLogsPartialSuccess, ExportLogsServiceRequest, ExportLogsServiceResponse,
};
use prost::Message;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

pub(super) const HEC_TOKEN: &str = "b0f1c2d3-4e5f-4a6b-8c7d-9e0f1a2b3c4d";

/// What the receiver does with a batch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Fault {
    Takes,
    /// Rejects every batch with this status.
    Refuses(u16),
    /// Accepts the batch and responds with an error, as if its response were lost.
    TakesAndFails,
    /// Accepts the batch and loses it before it is indexed, and so sends no acknowledgement.
    Forgets,
    /// Accepts batches up to this many bytes.
    TakesUpTo(usize),
    /// Accepts all but this many records of one batch.
    TakesBut(i64),
    /// Rejects all records of each batch, reports this number (-1: all), and gives this message.
    RejectsAll(i64, &'static str),
    /// Responds with this status and message.
    RefusesWith(u16, &'static str),
}

struct State_ {
    mood: Fault,
    /// The records, in the order of arrival.
    taken: Vec<Value>,
    /// All received bytes, without the header `Authorization`.
    bytes: Vec<u8>,
    requests: usize,
    acknowledged: BTreeMap<u64, bool>,
}

type Shared = Arc<Mutex<State_>>;

pub(super) struct Collector {
    pub(super) listener: Listener,
    state: Shared,
}

impl Collector {
    pub(super) fn splunk() -> Self {
        Self::of(|state| Router::new().fallback(splunk).with_state(state))
    }

    pub(super) fn otlp() -> Self {
        Self::of(|state| Router::new().fallback(otlp).with_state(state))
    }

    /// Makes a receiver that is not running.
    fn of(app: impl FnOnce(Shared) -> Router) -> Self {
        let state = State_ {
            mood: Fault::Takes,
            taken: Vec::new(),
            bytes: Vec::new(),
            requests: 0,
            acknowledged: BTreeMap::new(),
        };
        let state = Arc::new(Mutex::new(state));
        Self { listener: Listener::of(app(Arc::clone(&state))), state }
    }

    pub(super) fn up(mut self) -> Self {
        self.listener.restart();
        self
    }

    pub(super) fn is(&self, mood: Fault) {
        self.state.lock().unwrap().mood = mood;
    }

    pub(super) fn taken(&self) -> Vec<Value> {
        self.state.lock().unwrap().taken.clone()
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        self.state.lock().unwrap().bytes.clone()
    }

    pub(super) fn requests(&self) -> usize {
        self.state.lock().unwrap().requests
    }

    /// Waits until the records fulfil a condition.
    pub(super) async fn has(&self, what: impl Fn(&[Value]) -> bool) -> Vec<Value> {
        for _ in 0..1500 {
            let taken = self.taken();
            if what(&taken) {
                return taken;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("not in 30 seconds: {:#?}", counted(&self.taken()));
    }

    /// Waits until each rejection is accounted for: emitted, suppressed or dropped.
    pub(super) async fn accounts_for(&self, sent: u64, dropped: impl Fn() -> u64) {
        self.has(|taken| counted(taken).values().sum::<u64>() + dropped() >= sent).await;
        // A while later the number is the same, so no rejection is counted twice.
        tokio::time::sleep(Duration::from_millis(1500)).await;
        let counted = counted(&self.taken());
        assert_eq!(counted.values().sum::<u64>() + dropped(), sent, "{counted:?}, dropped {}", dropped());
    }
}

/// Counts the rejections in the records, by reason. A copy does not count twice.
pub(super) fn counted(taken: &[Value]) -> BTreeMap<String, u64> {
    let (mut counted, mut seen) = (BTreeMap::new(), BTreeSet::new());
    for event in taken {
        if let Some(reason) = event["reason"].as_str()
            && seen.insert(event["id"].to_string())
        {
            *counted.entry(reason.to_owned()).or_default() +=
                event.get("suppressed").map_or(1, |count| count.as_u64().unwrap());
        }
    }
    counted
}

pub(super) fn is_unique(taken: &[Value]) -> bool {
    taken.iter().map(|event| event["id"].to_string()).collect::<BTreeSet<_>>().len() == taken.len()
}

fn note(state: &mut State_, uri: &Uri, headers: &HeaderMap, body: &[u8]) {
    state.requests += 1;
    state.bytes.extend_from_slice(uri.to_string().as_bytes());
    for (name, value) in headers.iter().filter(|(name, _)| *name != "authorization") {
        state.bytes.extend_from_slice(name.as_str().as_bytes());
        state.bytes.extend_from_slice(value.as_bytes());
    }
    state.bytes.extend_from_slice(body);
}

/// Responds with the codes and acknowledgements of Splunk's documentation.
async fn splunk(State(state): State<Shared>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let mut state = state.lock().unwrap();
    note(&mut state, &uri, &headers, &body);
    let hec_response = |status: u16, code: u64, text: &str| {
        let status = StatusCode::from_u16(status).expect("a status");
        (status, axum::Json(json!({ "text": text, "code": code }))).into_response()
    };
    if headers.get("authorization").is_none_or(|value| value != format!("Splunk {HEC_TOKEN}").as_str()) {
        return hec_response(403, 4, "Invalid token");
    }
    if let Fault::Refuses(status) = state.mood {
        return hec_response(status, 9, "Server is busy");
    }
    if let Fault::RefusesWith(status, text) = state.mood {
        return hec_response(status, 7, text);
    }
    if matches!(state.mood, Fault::TakesUpTo(most) if body.len() > most) {
        return hec_response(413, 0, "Content too large");
    }
    let channel = headers.get("x-splunk-request-channel").map(|channel| channel.to_str().unwrap().to_owned());
    match uri.path() {
        "/services/collector/event" => {
            let events = serde_json::Deserializer::from_slice(&body).into_iter::<Value>();
            let Ok(events) = events.collect::<Result<Vec<_>, _>>() else {
                return hec_response(400, 6, "Invalid data format");
            };
            if events.is_empty() || events.iter().any(|event| !event["time"].is_number() || !event["event"].is_object())
            {
                return hec_response(400, 12, "Event field is required");
            }
            let id = state.acknowledged.len() as u64;
            let kept = state.mood != Fault::Forgets;
            state.acknowledged.insert(id, kept);
            if kept {
                state.taken.extend(events.into_iter().map(|mut event| {
                    let mut inner = event["event"].take();
                    inner["hec"] = event;
                    inner
                }));
            }
            if state.mood == Fault::TakesAndFails {
                return hec_response(500, 8, "Internal server error");
            }
            let mut answer = json!({ "text": "Success", "code": 0 });
            if let Some(channel) = channel {
                assert_eq!(channel.split('-').map(str::len).collect::<Vec<_>>(), [8, 4, 4, 4, 12], "{channel}");
                answer["ackId"] = id.into();
            }
            axum::Json(answer).into_response()
        }
        "/services/collector/ack" => {
            if !uri.query().is_some_and(|query| query.starts_with("channel=")) {
                return hec_response(400, 10, "Data channel is missing");
            }
            let asked: Value = serde_json::from_slice(&body).unwrap();
            let acks = asked["acks"].as_array().unwrap().iter().map(|id| {
                let id = id.as_u64().unwrap();
                (id.to_string(), state.acknowledged.get(&id).copied().unwrap_or_default().into())
            });
            axum::Json(json!({ "acks": acks.collect::<serde_json::Map<_, _>>() })).into_response()
        }
        _ => hec_response(404, 404, "The requested URL was not found on this server."),
    }
}

async fn otlp(State(state): State<Shared>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let mut state = state.lock().unwrap();
    note(&mut state, &uri, &headers, &body);
    if let Fault::Refuses(status) = state.mood {
        return StatusCode::from_u16(status).expect("a status").into_response();
    }
    if let Fault::RefusesWith(status, text) = state.mood {
        // `google.rpc.Status`: the code is field 1, the message field 2.
        let mut body = vec![0x08, 3, 0x12, u8::try_from(text.len()).expect("a short text")];
        body.extend_from_slice(text.as_bytes());
        let status = StatusCode::from_u16(status).expect("a status");
        return (status, [("content-type", "application/x-protobuf")], body).into_response();
    }
    assert_eq!((uri.path(), headers["content-type"].to_str().unwrap()), ("/v1/logs", "application/x-protobuf"));
    let request = ExportLogsServiceRequest::decode(body).expect("protobuf");
    let mut records = Vec::new();
    for resource in &request.resource_logs {
        let resource_attributes = attributes(&resource.resource.as_ref().unwrap().attributes);
        for record in resource.scope_logs.iter().flat_map(|scope| &scope.log_records) {
            let mut flat = attributes(&record.attributes);
            flat.extend([
                ("service".to_owned(), resource_attributes["service.name"].clone()),
                ("name".to_owned(), record.event_name.as_str().into()),
                ("severity".to_owned(), record.severity_text.as_str().into()),
                ("severity_number".to_owned(), record.severity_number.into()),
                ("time".to_owned(), record.time_unix_nano.into()),
                (
                    "trace_id".to_owned(),
                    record.trace_id.iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}")).into(),
                ),
            ]);
            // The names that `counted` reads.
            for (otlp_name, record_name) in
                [("error.type", "reason"), ("auth.suppressed", "suppressed"), ("log.record.uid", "id")]
            {
                if let Some(value) = flat.get(otlp_name).cloned() {
                    flat.insert(record_name.to_owned(), value);
                }
            }
            records.push(Value::Object(flat));
        }
    }
    let mut answer = ExportLogsServiceResponse::default();
    if let Fault::TakesBut(rejected_log_records) = state.mood {
        records.truncate(records.len() - usize::try_from(rejected_log_records).unwrap());
        let error_message = "too long".to_owned();
        answer.partial_success = Some(ExportLogsPartialSuccess { rejected_log_records, error_message });
        state.mood = Fault::Takes;
    }
    if let Fault::RejectsAll(number, text) = state.mood {
        let all = i64::try_from(records.len()).unwrap();
        let rejected_log_records = if number < 0 { all } else { number };
        let error_message = text.to_owned();
        answer.partial_success = Some(ExportLogsPartialSuccess { rejected_log_records, error_message });
        records.clear();
    }
    state.taken.extend(records);
    if state.mood == Fault::TakesAndFails {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    ([("content-type", "application/x-protobuf")], answer.encode_to_vec()).into_response()
}

fn attributes(them: &[opentelemetry_proto::tonic::common::v1::KeyValue]) -> serde_json::Map<String, Value> {
    use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;
    let value = |any: &Any| match any {
        Any::StringValue(text) => text.as_str().into(),
        Any::IntValue(number) => (*number).into(),
        other => panic!("{other:?}"),
    };
    let them = them.iter().filter_map(|them| Some((them.key.clone(), value(them.value.as_ref()?.value.as_ref()?))));
    them.collect()
}

pub(super) async fn server(events: &Events) -> Server {
    let events = events.clone();
    Server::with(Algorithm::Ed25519).verifier(move |builder| builder.events(events)).start().await
}

pub(super) fn forged() -> String {
    Mint::untrusted(Algorithm::Ed25519).token(&claims())
}

/// Sends this many requests of each of three kinds.
pub(super) async fn attack(server: &Server, times: u64) {
    let forged = forged();
    for _ in 0..times {
        server.exchange(get_with("/me", &forged)).await;
        server.exchange(get_with("/me", "garbage")).await;
        server.exchange(get("/me")).await;
    }
}

pub(super) fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("sinks-{}-{name}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    folder
}

/// Lists the spool's segments, oldest first.
pub(super) fn segments(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.unwrap().path());
    let mut segments: Vec<_> = entries.filter(|path| path.extension().is_some_and(|end| end == "jsonl")).collect();
    segments.sort();
    segments
}

/// Asserts that no usable part of a token is in the bytes.
pub(super) fn assert_no_token_in(bytes: &[u8], tokens: &[&str]) {
    let text = String::from_utf8_lossy(bytes);
    for token in tokens {
        for part in token.split('.').filter(|part| part.len() > 8) {
            assert!(!text.contains(part), "{part} is in {text}");
        }
    }
}
