//! A real Redis server for a test of its own.

use super::program::{Program, free_port, installed};
use std::process::Command;
use std::time::Duration;

pub(crate) struct Redis {
    port: u16,
    server: Option<Program>,
}

impl Redis {
    /// `None`, said aloud, on a machine without one; in CI there has to be one.
    pub(crate) fn start() -> Option<Self> {
        installed("redis-server", "install Debian's package `redis-server`")?;
        let mut redis = Self { port: free_port(), server: None };
        redis.restart();
        Some(redis)
    }

    /// With nothing in it.
    pub(crate) fn restart(&mut self) {
        let mut server = Command::new("redis-server");
        server.args(["--port", &self.port.to_string(), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]);
        self.server = Some(Program::start(server));
        for _ in 0..500 {
            if self.cli(&["PING"]).trim() == "PONG" {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("no answer of the Redis server in 10 seconds");
    }

    pub(crate) fn kill(&mut self) {
        self.server = None;
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.port)
    }

    /// What `redis-cli` prints.
    pub(crate) fn cli(&self, arguments: &[&str]) -> String {
        let output = Command::new("redis-cli").args(["-p", &self.port.to_string()]).args(arguments).output();
        String::from_utf8(output.expect("redis-cli").stdout).expect("text").trim().to_owned()
    }
}
