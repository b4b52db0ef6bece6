//! Opens the page in the browser that this machine prefers.

use std::process::{Command, Stdio};

/// Opens `page` in a browser, if there is one; nothing is said if not, since the address is printed as well.
pub fn open(page: &str) {
    if let Some(mut command) = opener() {
        command.arg(page).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        // Waited for, so that no zombie is left, and never waited on.
        let _ = command.spawn().map(|mut child| std::thread::spawn(move || child.wait()));
    }
}

#[cfg(windows)]
fn opener() -> Option<Command> {
    let mut command = Command::new("cmd");
    command.args(["/C", "start", ""]);
    Some(command)
}

#[cfg(target_os = "macos")]
fn opener() -> Option<Command> {
    Some(Command::new("open"))
}

/// Without a screen `xdg-open` would start a browser in the terminal. In a process group of its own, the browser does
/// not get the Ctrl-C that ends the server.
#[cfg(all(unix, not(target_os = "macos")))]
fn opener() -> Option<Command> {
    use std::os::unix::process::CommandExt;
    let screen = ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some());
    screen.then(|| {
        let mut command = Command::new("xdg-open");
        command.process_group(0);
        command
    })
}
