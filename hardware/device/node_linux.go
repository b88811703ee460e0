package device

import (
	"fmt"
	"io/fs"
	"syscall"
)

// identityOf is what changes when a device file is made anew or given to
// somebody else.
func identityOf(info fs.FileInfo) string {
	s, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return ""
	}
	return fmt.Sprint(s.Ino, s.Rdev, s.Uid, s.Gid)
}
