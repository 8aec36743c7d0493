//! Runs a process with the sinks of its arguments, which rejects some thousands of requests and
//! ends.

use auth_runtime::events::{EventSink, EventsBuilder, Notice, Otlp, Pager, Splunk};
use auth_runtime::{AuthEvent, Claims, Events, Verifier};
use auth_testkit::TestIssuer;
use http::Request;
use http::request::Parts;
use std::error::Error;
use std::io::{self, Write};

/// How many times it rejects one request of each kind.
const TIMES: usize = 750;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut events = Events::builder();
    for argument in std::env::args().skip(1) {
        let (kind, value) = argument.split_once('=').unwrap_or((&argument, ""));
        events = with(events, kind, value)?;
    }
    let events = events.build()?;
    let verifier: Verifier<Claims> = TestIssuer::new().verifier(events.clone())?;
    let mut rejected = 0;
    let requests = requests()?;
    for _ in 0..TIMES {
        for parts in &requests {
            rejected += u64::from(verifier.authenticate(parts).await.is_err());
        }
    }
    writeln!(io::stdout(), "{rejected}")?;
    drop(verifier);
    drop(events);
    Ok(())
}

fn with(events: EventsBuilder, kind: &str, value: &str) -> Result<EventsBuilder, Box<dyn Error>> {
    const TOKEN: &str = "b0f1c2d3-4e5f-4a6b-8c7d-9e0f1a2b3c4d";
    Ok(match kind {
        "stderr" => events.stderr(),
        "file" => events.file(value)?,
        "splunk" => events.splunk(Splunk::at(value, TOKEN))?,
        "spool" => {
            let (url, folder) = value.split_once(',').ok_or("spool=URL,FOLDER")?;
            events.splunk(Splunk::at(url, TOKEN).spool(folder, 64 * 1024))?
        }
        "otlp" => events.otlp(Otlp::at(value))?,
        "pager" => events.pager(Pager::of("probe").webhook(value))?,
        "command" => events.pager(Pager::of("probe").command("sleep", [value]))?,
        "writer" => events.writer(BlockingWriter),
        "custom" => events.sink(Faulty(value.to_owned())),
        _ => return Err(format!("there is no sink `{kind}`").into()),
    })
}

fn requests() -> Result<Vec<Parts>, http::Error> {
    let request = || Request::get("/");
    let bad = [
        request().body(())?,
        request().header("authorization", "Bearer garbage").body(())?,
        request().header("authorization", "Bearer a").header("authorization", "Bearer b").body(())?,
        request().header("authorization", "Basic Zm9vOmJhcg==").body(())?,
    ];
    Ok(bad.into_iter().map(|request| request.into_parts().0).collect())
}

fn block() -> ! {
    loop {
        std::thread::park();
    }
}

/// A pipe that is never read, and that is flushed when it is dropped.
struct BlockingWriter;

impl Write for BlockingWriter {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        block()
    }

    fn flush(&mut self) -> io::Result<()> {
        block()
    }
}

impl Drop for BlockingWriter {
    fn drop(&mut self) {
        block()
    }
}

/// A sink with the fault that its name states.
struct Faulty(String);

impl Faulty {
    fn is(&self, fault: &str) -> bool {
        self.0 == fault
    }
}

impl EventSink for Faulty {
    fn record(&self, _: &AuthEvent) -> io::Result<()> {
        match self.0.as_str() {
            "record-blocks" => block(),
            "record-panics" => panic!("the sink's record"),
            "record-fails" => Err(io::Error::other("disk full")),
            "record-is-slow" => {
                std::thread::sleep(std::time::Duration::from_millis(100));
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn notice(&self, _: &Notice) -> io::Result<()> {
        if self.is("notice-blocks") { block() } else { Ok(()) }
    }

    fn dropped(&self) -> u64 {
        match self.0.as_str() {
            "dropped-blocks" => block(),
            "dropped-panics" => panic!("the sink's dropped"),
            _ => 0,
        }
    }

    fn flush(&self) {
        match self.0.as_str() {
            "flush-blocks" => block(),
            "flush-panics" => panic!("the sink's flush"),
            _ => {}
        }
    }
}

impl Drop for Faulty {
    fn drop(&mut self) {
        if self.is("drop-blocks") {
            block();
        }
    }
}
