package station

import "time"

// foldEvery is how long erased text may stay in the write-ahead log; when somebody
// is at the station or reads, the log is folded as soon as foldAgain finds nobody.
const (
	foldEvery = time.Hour
	foldAgain = time.Minute
)

// tidyWhen is for how long nothing must have been asked before the log is tidied and
// indexed, and nobody be at the station.
const tidyWhen = 100 * time.Millisecond

// indexPause lies between two parts of the index, for whoever has come meanwhile.
const indexPause = 20 * time.Millisecond

// housekept takes the end of housekeeping. When that fails, as on a full disk, all is
// in the write-ahead log still; once that has no room either, a commit says so.
func (s *Station) housekept(err error) {
	if err != nil {
		s.cfg.Log.Warn("the write-ahead log cannot be folded into the database; what is committed "+
			"stays in it",
			"error", err)
	}
}

// index takes some more of the log into the index of stories, which follows the writer.
func (s *Station) index() {
	if err := s.cfg.Store.Index(); err != nil {
		s.cfg.Log.Warn("the index of stories cannot be written; until the next start stories are looked "+
			"for in the log",
			"error", err)
	}
}
