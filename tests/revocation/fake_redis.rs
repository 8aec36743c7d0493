//! A fake Redis server with replies that a test sets.
//!
//! A real server sends some of them only in a cluster or while it starts.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::tcp::OwnedReadHalf;
use tokio::net::{TcpListener, TcpStream};

/// The replies to `EXISTS`, to `GET` of a subject and to `GET` of the store's start time.
#[derive(Clone)]
pub(super) struct Replies {
    pub(super) exists: &'static str,
    pub(super) subject: &'static str,
    pub(super) since: &'static str,
}

/// Ends the connection instead of replying.
pub(super) const CLOSE: &str = "";

/// No token is revoked.
pub(super) const FINE: Replies = Replies { exists: ":0\r\n", subject: "$-1\r\n", since: "$1\r\n0\r\n" };

pub(super) struct FakeRedis {
    port: u16,
    replies: Arc<Mutex<Replies>>,
    at_once: Arc<AtomicUsize>,
}

impl FakeRedis {
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a socket");
        let port = listener.local_addr().expect("an address").port();
        let replies = Arc::new(Mutex::new(FINE));
        let at_once = Arc::new(AtomicUsize::new(1));
        let (scripted, waits_for) = (Arc::clone(&replies), Arc::clone(&at_once));
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(answer(client, Arc::clone(&scripted), Arc::clone(&waits_for)));
            }
        });
        Self { port, replies, at_once }
    }

    /// Replies only after so many commands have arrived. A client that waits for the reply to the
    /// first one gets none.
    pub(super) fn reply_to(&self, commands: usize) {
        self.at_once.store(commands, Ordering::SeqCst);
    }

    pub(super) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.port)
    }

    pub(super) fn replies(&self, replies: Replies) {
        *self.replies.lock().expect("no panic") = replies;
    }
}

async fn answer(client: TcpStream, replies: Arc<Mutex<Replies>>, at_once: Arc<AtomicUsize>) -> io::Result<()> {
    let (read, mut write) = client.into_split();
    let mut read = BufReader::new(read);
    let mut held = Vec::new();
    loop {
        let command = command(&mut read).await?;
        let scripted = replies.lock().expect("no panic").clone();
        let is = |name: &str| command[0].eq_ignore_ascii_case(name);
        let reply = match () {
            () if is("INFO") => "$13\r\nmaxmemory:0\r\n\r\n",
            () if is("EXISTS") => scripted.exists,
            () if is("GET") && command[1].ends_with(":since") => scripted.since,
            () if is("GET") => scripted.subject,
            () => "+OK\r\n",
        };
        if reply == CLOSE {
            return Ok(());
        }
        held.push(reply);
        if held.len() >= at_once.load(Ordering::SeqCst) {
            write.write_all(held.concat().as_bytes()).await?;
            held.clear();
        }
    }
}

/// Reads one command: an array of strings.
async fn command(read: &mut BufReader<OwnedReadHalf>) -> io::Result<Vec<String>> {
    let mut command = Vec::new();
    for _ in 0..number(read).await? {
        let mut word = vec![0; number(read).await? + 2];
        read.read_exact(&mut word).await?;
        word.truncate(word.len() - 2);
        command.push(String::from_utf8_lossy(&word).into_owned());
    }
    Ok(command)
}

async fn number(read: &mut BufReader<OwnedReadHalf>) -> io::Result<usize> {
    let mut line = String::new();
    read.read_line(&mut line).await?;
    line.trim_end().get(1..).and_then(|digits| digits.parse().ok()).ok_or_else(|| io::ErrorKind::InvalidData.into())
}
