package doctor

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"cubby/cmd/internal/config"
	"cubby/locker/store"
	"cubby/sync/refund"
)

const (
	leastFree   = 200 << 20 // bytes: some weeks of a busy station
	leastInodes = 1000
	clockSlack  = 5 * time.Minute
)

// oldest is a moment before which this program cannot be running.
var oldest = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// clock compares the time with that of files written before.
func (e *Examination) clock() {
	now := e.Now()
	const todo = "Set the clock and let it be kept: timedatectl set-ntp true. Parcels expire by it as long as it is " +
		"believed; cubbyctl clock says whether it is."
	if now.Before(oldest) {
		e.trouble(todo, "The clock says %s, which cannot be.", e.moment(now))
		return
	}
	for _, file := range []string{e.Config.Path, filepath.Join(e.Config.Station.DataDir, "station.db"),
		filepath.Join(e.Config.Station.DataDir, "station.db-wal")} {
		if info, err := os.Stat(file); err == nil && info.ModTime().After(now.Add(clockSlack)) {
			e.trouble(todo, "The clock says %s, and %s was written at %s, which is later.",
				e.moment(now), file, e.moment(info.ModTime()))
			return
		}
	}
	e.fine("The clock goes on from where it was: %s.", e.moment(now))
}

// dataFolder looks at the folder of the database and the key.
func (e *Examination) dataFolder() {
	dir := e.Config.Station.DataDir
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		e.hint("cubbyctl init makes it; so does the first start of the core.", "There is no data folder %s yet.", dir)
		return
	case err != nil:
		e.trouble("Run doctor as the user of the core.", "The data folder cannot be looked at: %v.", err)
		return
	case !info.IsDir():
		e.trouble("Move the file away, or name another folder under station.data_dir.", "%s is no folder.", dir)
		return
	}
	before := len(e.findings)
	if info.Mode().Perm()&0o077 != 0 {
		e.trouble("chmod 700 "+dir, "Others can look into the data folder %s (%v), where codes and keys are.", dir,
			info.Mode().Perm())
	}
	if err := e.Access(dir, unix.W_OK|unix.X_OK); err != nil {
		e.trouble("chown it to the user of the core, or run doctor as that user.",
			"This user cannot write in the data folder %s: %v.", dir, err)
	}
	key := filepath.Join(dir, "station.key")
	switch info, err := os.Stat(key); {
	case err == nil && info.Mode().Perm()&0o077 != 0:
		e.trouble("chmod 600 "+key+", and think about who may have read it.",
			"Others can read the station's key (%v); the core does not start with it.", info.Mode().Perm())
	case err == nil:
		if there, err := store.Exists(dir); err == nil && !there {
			e.trouble("Put station.db back. If there is no copy: look into every door, then cubbyctl init --new.",
				"There is a station.key and no database: parcels may lie behind doors of which nobody knows.")
		}
	case errors.Is(err, fs.ErrNotExist):
		if _, err := os.Stat(filepath.Join(dir, "station.db")); err == nil {
			e.trouble("Put the copy of station.key back that was kept apart.",
				"There is a database and no station.key: no code can be recognised.")
		}
	}
	e.disk(dir)
	if len(e.findings) == before {
		e.fine("The data folder %s is the core's alone and has room.", dir)
	}
}

// providers looks at the keys of payment providers. Whether they are taken, and the
// provider can be reached, a core that runs tells of its device.
func (e *Examination) providers() {
	for _, p := range e.Config.Providers() {
		if _, err := refund.ReadKey(p.KeyFile); err != nil {
			e.trouble("Put the provider's secret key there, in one line, readable by the core's user only (chmod 600).",
				"Refunds through %s have to wait: %v.", p.Name, err)
			continue
		}
		e.fine("The key of the payment provider %s is there, and nobody else's to read.", p.Name)
	}
}

// disk judges what the file system of a folder says of itself.
func (e *Examination) disk(dir string) {
	var s unix.Statfs_t
	if err := e.Disk(dir, &s); err != nil {
		e.trouble("Look at the disk: dmesg, smartctl.", "The disk of %s cannot be asked for its room: %v.", dir, err)
		return
	}
	free := s.Bavail * uint64(s.Bsize) // what is not kept for the system's own user
	switch {
	case s.Flags&unix.ST_RDONLY != 0:
		e.trouble("Look into dmesg for disk errors; mount it for writing again, or change the disk.",
			"The disk of %s can only be read.", dir)
	case free < leastFree:
		e.trouble("Delete old logs (journalctl --vacuum-size=200M) or give it a larger disk. The station stops "+
			"serving when nothing can be written.",
			"The disk of %s is nearly full: %d MB are free.", dir, free>>20)
	case s.Files > 0 && s.Ffree < leastInodes: // some file systems do not count files
		e.trouble("Find the folder with very many small files and empty it.",
			"The disk of %s has room for %d more files only.", dir, s.Ffree)
	}
}

// A holder is a process that has a device open.
type holder struct {
	pid    int
	name   string
	device string
}

// meddlers are programs that take serial adapters which are not theirs.
var meddlers = map[string]string{
	"ModemManager": "It sends AT commands to every new serial port. Install packaging/udev/60-cubby.rules, or: " +
		"systemctl disable --now ModemManager",
	"brltty": "It takes CH340 and some FTDI adapters for Braille displays, seconds after they are plugged in: apt " +
		"remove brltty",
	"gpsd": "It may take a serial adapter for a GPS receiver: systemctl disable --now gpsd gpsd.socket",
}

// processes looks through /proc for meddlers and for who holds which device.
func (e *Examination) processes() {
	entries, err := os.ReadDir(e.Proc)
	if err != nil {
		e.hint("Run doctor on the station itself.", "The processes of this machine cannot be listed: %v.", err)
		return
	}
	e.holders = nil
	hidden, found := 0, map[string]bool{}
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		name, err := os.ReadFile(filepath.Join(e.Proc, entry.Name(), "comm"))
		if err != nil {
			continue // it has ended
		}
		h := holder{pid: pid, name: strings.TrimSpace(string(name))}
		if meddlers[h.name] != "" && !found[h.name] {
			found[h.name] = true
			e.meddler(h)
		}
		fds, err := os.ReadDir(filepath.Join(e.Proc, entry.Name(), "fd"))
		if err != nil {
			hidden++
			continue
		}
		for _, fd := range fds {
			if to, err := os.Readlink(filepath.Join(e.Proc, entry.Name(), "fd", fd.Name())); err == nil &&
				pid != os.Getpid() {
				h.device = to
				e.holders = append(e.holders, h)
			}
		}
	}
	if hidden > 0 {
		e.hint("Run doctor with sudo to see who holds a port.", "Some processes could not be looked into (%d).", hidden)
	}
}

func (e *Examination) meddler(h holder) {
	if h.name == "ModemManager" && e.hasRules() {
		e.fine("ModemManager runs, and is told by 60-cubby.rules to leave serial adapters alone.")
		return
	}
	e.trouble(meddlers[h.name], "%s runs on this machine (process %d).", h.name, h.pid)
}

func (e *Examination) hasRules() bool {
	for _, folder := range e.Rules {
		if text, err := os.ReadFile(filepath.Join(folder, "60-cubby.rules")); err == nil &&
			strings.Contains(string(text), "ID_MM_DEVICE_IGNORE") {
			return true
		}
	}
	return false
}

// holding lists who has the device open, other than this process.
func (e *Examination) holding(real string) (all []string, core bool) {
	for _, h := range e.holders {
		if h.device != real || h.name == "cubbysim" { // the simulator is the other end of the wire
			continue
		}
		all = append(all, fmt.Sprintf("%s (process %d)", h.name, h.pid))
		core = core || h.name == "cubbyd" || h.name == "cubby"
	}
	return all, core
}

// groupOf tells to which group a device belongs, for the sentence about dialout.
func groupOf(info fs.FileInfo) int {
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return int(s.Gid)
	}
	return -1
}

// moment writes a time in the station's zone.
func (e *Examination) moment(at time.Time) string {
	return at.In(e.Config.Station.Zone()).Format(config.MinuteIn)
}
