//! A headless Chromium controlled by W3C WebDriver and, for commands of Chromium alone, by its DevTools.

use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;
use ureq::Agent;

/// A browser with its own profile that ends with its test.
pub struct Browser {
    driver: Child,
    agent: Agent,
    session: String,
    _profile: TempDir,
}

impl Browser {
    pub fn start() -> Self {
        let started =
            Command::new("chromedriver").arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let mut driver = started.expect("chromedriver starts (Debian: chromium-driver)");
        let mut lines = BufReader::new(driver.stdout.take().unwrap()).lines().map(Result::unwrap);
        let port = lines.find_map(|line| {
            Some(line.split_once("successfully on port ")?.1.trim_end_matches('.').to_string())
        });
        // All further output is read, so that the driver never blocks.
        std::thread::spawn(move || lines.count());
        let profile = tempfile::tempdir().unwrap();
        let agent = Agent::config_builder().http_status_as_error(false).build().into();
        let session = format!("http://127.0.0.1:{}/session", port.expect("chromedriver says its port"));
        let mut browser = Self { driver, agent, session, _profile: profile };
        let folder = browser._profile.path().display();
        let arguments = json!([
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--hide-scrollbars",
            "--window-size=1280,900",
            format!("--user-data-dir={folder}")
        ]);
        let wanted = json!({ "goog:chromeOptions": { "args": arguments, "perfLoggingPrefs": { "enableNetwork": true } },
            "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" } });
        let opened = browser.post("", json!({ "capabilities": { "alwaysMatch": wanted } }));
        browser.session = format!("{}/{}", browser.session, opened["sessionId"].as_str().expect("a session"));
        browser
    }

    /// The answer to a command.
    pub fn post(&self, command: &str, body: Value) -> Value {
        let answer = self.try_post(command, body);
        assert!(answer["error"].is_null(), "{command}: {}", answer["message"]);
        answer
    }

    fn try_post(&self, command: &str, body: Value) -> Value {
        let request =
            self.agent.post(format!("{}{command}", self.session)).header("Content-Type", "application/json");
        let mut answer = request.send(body.to_string()).unwrap();
        // The limit is high because a log of the network contains whole drawings.
        let text = answer.body_mut().with_config().limit(1 << 28).read_to_string().unwrap();
        serde_json::from_str::<Value>(&text).unwrap()["value"].take()
    }

    pub fn go(&self, page: &str) {
        self.post("/url", json!({ "url": page }));
    }

    /// The return value of a script. `arguments[0]` is `given`.
    pub fn run(&self, script: &str, given: Value) -> Value {
        self.post("/execute/sync", json!({ "script": script, "args": [given] }))
    }

    /// Evaluates an expression on the page until it is true; the driver gives up after 30 seconds.
    pub fn wait(&self, expression: &str) {
        let script = format!(
            "const done = arguments[0], look = () => ({expression}) ? done(true) : setTimeout(look, 5); look();"
        );
        let waited = self.try_post("/execute/async", json!({ "script": script, "args": [] }));
        let page = || format!("{}, on\n{}", waited["message"], self.text("main"));
        assert!(waited == true, "{expression}: {}", page());
    }

    /// The answer to a command of DevTools.
    pub fn devtools(&self, command: &str, parameters: Value) -> Value {
        self.post("/goog/cdp/execute", json!({ "cmd": command, "params": parameters }))
    }

    /// The log entries since the last call: `browser` is the console, `performance` the network.
    pub fn log(&self, kind: &str) -> Vec<Value> {
        self.post("/se/log", json!({ "type": kind })).as_array().unwrap().clone()
    }

    pub fn text(&self, selector: &str) -> String {
        let text = self.run("return document.querySelector(arguments[0]).textContent", json!(selector));
        text.as_str().unwrap().into()
    }

    /// The place in the window of a point of an element, given as fractions of its width and height from the top left.
    pub fn place(&self, selector: &str, (across, down): (f64, f64)) -> (f64, f64) {
        let script = "const element = document.querySelector(arguments[0]);
            element.scrollIntoView({ block: 'center', behavior: 'instant' });
            const { left, top, width, height } = element.getBoundingClientRect();
            return [left, top, width, height]";
        let at: [f64; 4] = serde_json::from_value(self.run(script, json!(selector))).unwrap();
        (at[0] + across * at[2], at[1] + down * at[3])
    }

    /// Moves the mouse along each of these strokes, with its button held down.
    pub fn draw(&self, strokes: &[Vec<(f64, f64)>]) {
        let stroke = |points: &Vec<(f64, f64)>| {
            let mut steps: Vec<Value> = points.iter().map(|&at| moved(at)).collect();
            steps.insert(1, json!({ "type": "pointerDown", "button": 0 }));
            steps.push(json!({ "type": "pointerUp", "button": 0 }));
            steps
        };
        self.mouse(strokes.iter().flat_map(stroke).collect());
    }

    pub fn hover(&self, selector: &str, place: (f64, f64)) {
        self.mouse(vec![moved(self.place(selector, place))]);
    }

    pub fn click(&self, selector: &str) {
        let at = self.place(selector, (0.5, 0.5));
        self.draw(&[vec![at, at]]);
    }

    fn mouse(&self, steps: Vec<Value>) {
        let mouse = json!({ "type": "pointer", "id": "mouse", "parameters": { "pointerType": "mouse" }, "actions": steps });
        self.post("/actions", json!({ "actions": [mouse] }));
    }

    /// Presses and releases keys one after the other.
    pub fn keys(&self, keys: &[&str]) {
        let press = |key: &&str| ["keyDown", "keyUp"].map(|what| json!({ "type": what, "value": key }));
        let steps: Vec<Value> = keys.iter().flat_map(press).collect();
        self.post("/actions", json!({ "actions": [{ "type": "key", "id": "keys", "actions": steps }] }));
    }

    /// Types into an element, or gives a file input its file.
    pub fn give(&self, selector: &str, text: &str) {
        let found = self.post("/element", json!({ "using": "css selector", "value": selector }));
        let element = found.as_object().unwrap().values().next().unwrap().as_str().unwrap().to_string();
        self.post(&format!("/element/{element}/value"), json!({ "text": text }));
    }
}

fn moved((x, y): (f64, f64)) -> Value {
    json!({ "type": "pointerMove", "duration": 0, "origin": "viewport", "x": x.round(), "y": y.round() })
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.agent.delete(self.session.as_str()).call();
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}
