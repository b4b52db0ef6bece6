//! The page in a real browser: headless Chromium, real mouse and keys, digits stroke by stroke.
//!
//! These tests need chromedriver, so they are ignored by default: `cargo test browser -- --ignored` runs them.
//! With `SCREENSHOTS=FOLDER` they save the pictures of the README there (`docs/screenshots`).

use super::pen::{CANVAS, Drawing, PEN, drawings};
use super::webdriver::Browser;
use base64::{Engine, prelude::BASE64_STANDARD};
use image::{GrayImage, ImageFormat, Luma};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Cursor};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tempfile::TempDir;

/// Only one browser runs at a time, since each has many processes.
static TURN: Mutex<()> = Mutex::new(());

/// A browser with the page, which the program serves without MNIST.
struct Stage {
    browser: Browser,
    program: Child,
    page: String,
    home: TempDir,
    _turn: MutexGuard<'static, ()>,
}

impl Stage {
    fn open() -> Self {
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let browser = Browser::start();
        let home = tempfile::tempdir().unwrap();
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("experiment"));
        command.args(["draw", "--port", "0"]).env("HOME", home.path()).env_remove("MNIST_DIR");
        command.env("XDG_CACHE_HOME", home.path().join("cache"));
        let mut program = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut said = BufReader::new(program.stdout.take().unwrap()).lines().map(Result::unwrap);
        let page = said.find(|line| line.starts_with("http://")).expect("the program says where the page is");
        let stage = Self { browser, program, page, home, _turn: turn };
        stage.browser.go(&stage.page);
        stage.wait_for("empty");
        stage
    }

    fn wait_for(&self, state: &str) {
        self.browser.wait(&format!("document.body.dataset.state === '{state}'"));
    }

    /// Draws a digit on the canvas by mouse and waits for the answers.
    fn draw(&self, drawing: &Drawing) -> [String; 2] {
        let (left, top) = self.browser.place("#canvas", (0.0, 0.0));
        let (right, bottom) = self.browser.place("#canvas", (1.0, 1.0));
        let (across, down) = ((right - left) / CANVAS as f64, (bottom - top) / CANVAS as f64);
        let on_page = |&(x, y): &(f64, f64)| (left + across * x, top + down * y);
        let strokes: Vec<Vec<_>> = drawing.strokes.iter().map(|s| s.iter().map(on_page).collect()).collect();
        self.browser.draw(&strokes);
        self.wait_for("ready");
        self.answers()
    }

    fn clear(&self) {
        self.browser.click("#clear");
        self.wait_for("empty");
    }

    fn answers(&self) -> [String; 2] {
        ["#answer-rbf", "#answer-softmax"].map(|answer| self.browser.text(answer))
    }

    /// The ten distances.
    fn distances(&self) -> Vec<f64> {
        let script = "return [...document.querySelectorAll('#distances [data-class]')].map(item => Number(item.dataset.value))";
        serde_json::from_value(self.browser.run(script, Value::Null)).unwrap()
    }

    /// The requests since the last call: method and address.
    fn asked(&self) -> Vec<String> {
        let events = self.browser.log("performance").into_iter();
        let event = events.map(|entry| serde_json::from_str(entry["message"].as_str().unwrap()).unwrap());
        let asked = event.filter(|event: &Value| event["message"]["method"] == "Network.requestWillBeSent");
        let request = |event: Value| event["message"]["params"]["request"].clone();
        asked
            .map(request)
            .map(|r| format!("{} {}", r["method"].as_str().unwrap(), r["url"].as_str().unwrap()))
            .collect()
    }

    /// Asserts that the console is empty and that this server alone was asked (`chrome:` is the tab before the page).
    fn ends_well(self) {
        assert_eq!(self.browser.log("browser"), Vec::<Value>::new());
        let own = |asked: &String| {
            let address = asked.split_once(' ').unwrap().1;
            [self.page.as_str(), "data:", "blob:", "chrome:"].iter().any(|start| address.starts_with(start))
        };
        let elsewhere: Vec<_> = self.asked().into_iter().filter(|asked| !own(asked)).collect();
        assert_eq!(elsewhere, Vec::<String>::new());
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

/// A recorded digit as a PNG file: black on white.
fn png(digit: usize) -> Vec<u8> {
    let ink = drawings()[digit].draw(PEN);
    let pixel = |x: u32, y: u32| Luma([255 - ink[[y as usize, x as usize]]]);
    let mut file = Cursor::new(Vec::new());
    GrayImage::from_fn(CANVAS as u32, CANVAS as u32, pixel).write_to(&mut file, ImageFormat::Png).unwrap();
    file.into_inner()
}

/// Measured: both networks read all ten.
#[test]
#[ignore = "needs chromedriver: cargo test browser -- --ignored"]
fn ten_digits_drawn_by_mouse_are_read() {
    let stage = Stage::open();
    assert_eq!(
        stage.browser.run("return Number(document.querySelector('#pen').value)", Value::Null),
        json!(PEN as u64)
    );
    let (mut right, mut times) = ([0, 0], Vec::new());
    for drawing in &drawings()[..10] {
        let answers = stage.draw(drawing);
        for (right, answer) in right.iter_mut().zip(&answers) {
            *right += usize::from(*answer == drawing.digit.to_string());
        }
        let ms = stage.browser.run("return document.body.dataset.ms", Value::Null);
        times.push(ms.as_str().unwrap().parse::<f64>().unwrap());
        println!("{} is read as {answers:?}, {} ms after the stroke", drawing.digit, times.last().unwrap());
        stage.clear();
    }
    times.sort_by(f64::total_cmp);
    println!("right: {right:?} of 10; milliseconds: {times:?}");
    assert!(right.iter().all(|&right| right >= 9), "{right:?} of 10");
    stage.ends_well();
}

#[test]
#[ignore = "needs chromedriver: cargo test browser -- --ignored"]
fn an_empty_canvas_is_not_read() {
    let stage = Stage::open();
    let empty = |stage: &Stage| assert_eq!(stage.answers(), ["-", "-"]);
    empty(&stage);
    stage.browser.click("#clear");
    stage.browser.click("#undo");
    empty(&stage);
    assert!(stage.asked().iter().all(|asked| !asked.contains("/look") && !asked.contains("/sweep")));

    // Undo removes one stroke after the other and restores a cleared drawing.
    let four = &drawings()[4];
    assert_eq!(stage.draw(four), ["4", "4"]);
    let whole = stage.distances();
    stage.browser.click("#undo");
    stage.wait_for("ready");
    assert_ne!(stage.distances(), whole);
    stage.browser.click("#undo");
    stage.wait_for("empty");
    empty(&stage);
    stage.draw(four);
    assert_eq!(stage.distances(), whole);
    stage.clear();
    empty(&stage);
    stage.ends_well();
}

#[test]
#[ignore = "needs chromedriver: cargo test browser -- --ignored"]
fn pictures_are_opened_and_dropped() {
    let stage = Stage::open();
    let file = stage.home.path().join("five.png");
    std::fs::write(&file, png(5)).unwrap();
    stage.browser.give("#file", file.to_str().unwrap());
    stage.wait_for("ready");
    assert_eq!(stage.answers(), ["5", "5"]);
    stage.clear();

    let drop = "const bytes = Uint8Array.from(atob(arguments[0]), c => c.charCodeAt(0)), data = new DataTransfer();
        data.items.add(new File([bytes], 'seven.png', { type: 'image/png' }));
        const event = type => new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: data });
        for (const type of ['dragenter', 'dragover', 'drop']) document.querySelector('main').dispatchEvent(event(type))";
    stage.browser.run(drop, json!(BASE64_STANDARD.encode(png(7))));
    stage.wait_for("ready");
    assert_eq!(stage.answers(), ["7", "7"]);
    stage.clear();
    stage.ends_well();
}

#[test]
#[ignore = "needs chromedriver: cargo test browser -- --ignored"]
fn files_that_are_no_pictures_are_refused() {
    let stage = Stage::open();
    let file = stage.home.path().join("text.png");
    std::fs::write(&file, "seven").unwrap();
    stage.browser.give("#file", file.to_str().unwrap());
    stage.wait_for("error");
    assert!(stage.browser.text("#status").contains("picture"), "{}", stage.browser.text("#status"));
    assert_eq!(stage.draw(&drawings()[3]), ["3", "3"]);
    // Chromium reports the one refusal in its console.
    assert!(
        stage.browser.log("browser").iter().all(|entry| entry["message"].as_str().unwrap().contains("422"))
    );
    stage.ends_well();
}

/// After a refused picture, canvas, title and answer are those of the picture before.
#[test]
#[ignore = "needs chromedriver: cargo test browser -- --ignored"]
fn a_refused_picture_leaves_everything_as_it_was() {
    let stage = Stage::open();
    let [five, white] = ["five.png", "white.png"].map(|name| stage.home.path().join(name));
    std::fs::write(&five, png(5)).unwrap();
    image::GrayImage::from_pixel(60, 60, image::Luma([255])).save(&white).unwrap();
    stage.browser.give("#file", five.to_str().unwrap());
    stage.wait_for("ready");
    let shown =
        "return [document.querySelector('#canvas').toDataURL(), document.querySelector('#what').textContent]";
    let wait = || std::thread::sleep(std::time::Duration::from_millis(400));
    wait();
    let before = stage.browser.run(shown, Value::Null);
    stage.browser.give("#file", white.to_str().unwrap());
    stage.wait_for("error");
    wait();
    assert!(stage.browser.text("#status").contains("no ink"), "{}", stage.browser.text("#status"));
    assert_eq!(stage.browser.run(shown, Value::Null), before);
    assert_eq!(stage.answers(), ["5", "5"]);
    assert!(
        stage.browser.log("browser").iter().all(|entry| entry["message"].as_str().unwrap().contains("422"))
    );
    stage.ends_well();
}

#[test]
#[ignore = "needs chromedriver: cargo test browser -- --ignored"]
fn misclassified_patterns_come_along() {
    let stage = Stage::open();
    let choose =
        "const select = document.querySelector('#misclassified'), option = select.options[arguments[0]];
        select.value = option.value;
        select.dispatchEvent(new Event('change', { bubbles: true }));
        return option.textContent";
    for _ in 0..2 {
        let said = stage.browser.run(choose, json!(1));
        stage.wait_for("ready");
        let digits: Vec<_> =
            said.as_str().unwrap().split(|c: char| !c.is_ascii_digit()).filter(|d| !d.is_empty()).collect();
        assert_eq!(stage.answers()[0], digits[1], "{said}");
        assert_ne!(digits[0], digits[1], "{said}");
        stage.clear();
    }
    stage.ends_well();
}

#[test]
#[ignore = "needs chromedriver: cargo test browser -- --ignored"]
fn sliders_change_the_scores_and_give_them_back() {
    let stage = Stage::open();
    stage.draw(&drawings()[3]);
    let before = stage.distances();
    let sweep = "document.querySelector('#sweep').toDataURL()";
    for change in ["rows", "columns", "rotation", "scale", "shear", "noise"] {
        let slider = format!("input[type=range][data-change={change}]");
        stage.browser.run(&format!("window.before = {sweep}"), Value::Null);
        stage.browser.run("document.querySelector(arguments[0]).focus()", json!(slider));
        stage.browser.keys(&["\u{e014}"; 12]); // arrow right
        stage.wait_for("ready");
        assert_ne!(stage.distances(), before, "{change}");
        stage.browser.wait(&format!("{sweep} !== window.before"));
        stage.browser.click("#reset-changes");
        stage.wait_for("ready");
        assert_eq!(stage.distances(), before, "{change}");
    }
    stage.ends_well();
}

#[test]
#[ignore = "needs chromedriver: cargo test browser -- --ignored"]
fn a_unit_of_c3_shows_what_it_sees() {
    let stage = Stage::open();
    stage.draw(&drawings()[8]);
    let lit = "return [...document.querySelectorAll('.map[data-of=s2]:not(.dim)')].map(map => Number(map.dataset.map))";
    for (map, seen) in [(0, json!([0, 1, 2])), (7, json!([1, 2, 3, 4])), (15, json!([0, 1, 2, 3, 4, 5]))] {
        stage.browser.hover(&format!("canvas[data-layer=c3][data-map=\"{map}\"]"), (0.55, 0.55));
        let title = format!("C3, map {map}, row 5, column 5");
        stage.browser.wait(&format!("document.querySelector('#inspector').textContent.includes('{title}')"));
        assert_eq!(stage.browser.run(lit, Value::Null), seen, "map {map}");
        let words = stage.browser.text("#inspector");
        assert!(words.contains("Table I") && words.contains("1.71") && words.contains("tanh"), "{words}");
    }
    stage.ends_well();
}

/// The element with the focus: its id, or its meaning.
const FOCUS: &str = "const { id, dataset, parentElement } = document.activeElement;
    return dataset.change || id || (dataset.layer && 'layers') || parentElement.id";

#[test]
#[ignore = "needs chromedriver: cargo test browser -- --ignored"]
fn the_keyboard_is_enough() {
    let stage = Stage::open();
    let browser = &stage.browser;
    let mut reached: Vec<String> = Vec::new();
    for _ in 0..60 {
        browser.keys(&["\u{e004}"]); // tab
        reached.push(browser.run(FOCUS, Value::Null).as_str().unwrap_or_default().into());
    }
    for wanted in [
        "canvas",
        "undo",
        "clear",
        "pen",
        "misclassified",
        "pattern",
        "take",
        "file",
        "rows",
        "columns",
        "rotation",
        "scale",
        "shear",
        "noise",
        "reset-changes",
        "codes",
        "network",
        "layers",
    ] {
        assert!(reached.iter().any(|id| id == wanted), "Tab does not reach {wanted}, only {reached:?}");
    }

    // A one: pen down, move, pen up.
    let mut one = vec!["\u{e013}"; 8];
    one.push(" ");
    one.extend(["\u{e015}"; 24]);
    one.push(" ");
    browser.run("document.querySelector('#canvas').focus()", Value::Null);
    browser.keys(&one);
    stage.wait_for("ready");
    assert_eq!(stage.answers(), ["1", "1"]);

    // The arrow keys move from unit to unit.
    browser.run("document.querySelector('canvas[data-layer=c3]').focus()", Value::Null);
    let title = || browser.text("#inspector h2");
    let first = title();
    browser.keys(&["\u{e014}"]);
    let second = title();
    browser.keys(&["\u{e012}"]);
    assert!(first.starts_with("C3") && first != second && title() == first, "{first}, {second}, {}", title());
    browser.keys(&["\u{e00c}"]); // escape
    stage.wait_for("empty");
    stage.ends_well();
}

/// Sets the window: width and height in CSS pixels, light or dark, no animations, two device pixels per CSS pixel.
fn window(stage: &Stage, width: u64, height: u64, scheme: &str) {
    let phone = width < 500;
    let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 2, "mobile": phone });
    stage.browser.devtools("Emulation.setDeviceMetricsOverride", metrics);
    let still = json!({ "name": "prefers-reduced-motion", "value": "reduce" });
    let scheme = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }, still] });
    stage.browser.devtools("Emulation.setEmulatedMedia", scheme);
    stage.browser.wait(&format!("innerWidth === {width}"));
    stage.browser.go(&stage.page);
    stage.wait_for("empty");
    frames(stage);
}

/// Waits for two frames, so that all changes are drawn.
fn frames(stage: &Stage) {
    let frames = "window.drawn = false;
        requestAnimationFrame(() => requestAnimationFrame(() => window.drawn = true))";
    stage.browser.run(frames, Value::Null);
    stage.browser.wait("window.drawn");
}

/// A screenshot of the page with this width, two windows high or down to its end; saved if `SCREENSHOTS` names a folder.
fn screenshot(stage: &Stage, name: &str, width: u64) -> image::RgbaImage {
    stage.browser.run("document.activeElement.blur(); scrollTo(0, 0)", Value::Null);
    let foot = stage
        .browser
        .run("return Math.min(document.querySelector('footer').offsetTop, 2 * innerHeight)", Value::Null);
    let clip = json!({ "x": 0, "y": 0, "width": width, "height": foot, "scale": 1 });
    let how = json!({ "captureBeyondViewport": true, "clip": clip });
    let shot = stage.browser.devtools("Page.captureScreenshot", how);
    let file = BASE64_STANDARD.decode(shot["data"].as_str().unwrap()).unwrap();
    if let Some(folder) = std::env::var_os("SCREENSHOTS") {
        std::fs::write(std::path::Path::new(&folder).join(name), &file).unwrap();
    }
    image::load_from_memory(&file).unwrap().into_rgba8()
}

/// The brightness of the empty page: 0 to 255.
fn paper(shot: &image::RgbaImage) -> u32 {
    shot.get_pixel(3, shot.height() / 2).0[..3].iter().map(|&level| u32::from(level)).sum::<u32>() / 3
}

#[test]
#[ignore = "needs chromedriver: cargo test browser -- --ignored"]
fn it_looks_right_in_light_in_the_dark_and_on_a_phone() {
    let stage = Stage::open();
    for (name, width, height, scheme) in [
        ("draw-light.png", 1280, 900, "light"),
        ("draw-dark.png", 1280, 900, "dark"),
        ("draw-phone.png", 390, 844, "light"),
    ] {
        window(&stage, width, height, scheme);
        let jumps = "window.shifts = [];
            // Marks on the maps and bars may move, but nothing else may move with them.
            const still = ({ node }) => node && node.nodeType === 1
                && getComputedStyle(node).position !== 'absolute' && getComputedStyle(node).transform === 'none';
            const name = ({ node }) => `${node.nodeName} ${node.id} ${node.className} in ${node.parentNode.id}`;
            const note = shift => window.shifts.push(...shift.sources.filter(still).map(name));
            new PerformanceObserver(list => list.getEntries().forEach(note)).observe({ type: 'layout-shift' })";
        stage.browser.run(jumps, Value::Null);
        assert_eq!(stage.draw(&drawings()[3]), ["3", "3"], "{name}");
        stage.browser.hover("canvas[data-layer=c3][data-map=\"4\"]", (0.55, 0.55));
        frames(&stage);
        // Measured before the screenshot, which changes the layout of the page for a moment.
        assert_eq!(
            stage.browser.run("return window.shifts", Value::Null),
            json!([]),
            "{name}: the page moved"
        );
        // The control: an element that is moved must be noticed.
        stage.browser.run("scrollTo(0, 0)", Value::Null);
        frames(&stage);
        stage.browser.run("document.querySelector('header').style.marginTop = '40px'", Value::Null);
        stage.browser.wait("window.shifts.length > 0");
        stage.browser.run("document.querySelector('header').style.marginTop = ''", Value::Null);
        // Elements in boxes that scroll, as the maps of a layer on a phone, are excepted.
        let wider = "const inside = element => element && (getComputedStyle(element).overflowX !== 'visible' || inside(element.parentElement));
            return [...document.querySelectorAll('body *')]
            .filter(element => element.getBoundingClientRect().right > innerWidth + 1 && !inside(element.parentElement))
            .map(element => `${element.nodeName} ${element.id} ${element.className}`)";
        let shot = screenshot(&stage, name, width);
        assert_eq!(stage.browser.run(wider, Value::Null), json!([]), "{name}: wider than the page");
        assert_eq!(
            stage.browser.run("return document.documentElement.scrollWidth", Value::Null),
            json!(width),
            "{name}"
        );
        assert_eq!(shot.width() as u64, 2 * width, "{name}");
        assert_eq!(paper(&shot) < 80, scheme == "dark", "{name}: {}", paper(&shot));
    }
    stage.ends_well();
}
