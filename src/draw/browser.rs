//! Opens the page in the browser that this machine prefers.

use std::process::{Command, Stdio};

/// The command that opens a page.
const OPENER: &[&str] = match (cfg!(windows), cfg!(target_os = "macos")) {
    (true, _) => &["cmd", "/C", "start", ""],
    (_, true) => &["open"],
    _ => &["xdg-open"],
};

/// Opens `page` in a browser, if there is one. If there is none, that is no error, because the address is printed as well.
pub fn open(page: &str) {
    // Without a screen `xdg-open` would start a browser in the terminal.
    let screen = ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some());
    if OPENER == ["xdg-open"] && !screen {
        return;
    }
    let mut command = Command::new(OPENER[0]);
    command.args(&OPENER[1..]).arg(page);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    // In a process group of its own, the browser does not get the Ctrl-C that ends the server.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    // A thread of its own waits for the end of the command, so that no zombie is left.
    let _ = command.spawn().map(|mut child| std::thread::spawn(move || child.wait()));
}
