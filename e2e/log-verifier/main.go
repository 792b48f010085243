// A second reader of the log, which shares no line with the first: everything that decides anything here is
// golang.org/x/mod/sumdb (tlog, note), the code that the Go project checks its own module log with.
//
//	log-verifier -vkey KEY [-vkey KEY]… [-known CHECKPOINT-FILE]… (-url SITE | -dir MIRROR)
//
// Keys are given, never read from what is checked. Exit status: 0 verified, 1 not, 2 wrong use.
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	tileHeight = 8
	tileWidth  = 1 << tileHeight
	maxBody    = 20 << 20
)

type fetcher func(path string) ([]byte, error)

var errMissing = errors.New("is missing")

type list []string

func (l *list) String() string     { return strings.Join(*l, " ") }
func (l *list) Set(v string) error { *l = append(*l, v); return nil }

func main() {
	var vkeys, known list
	flag.Var(&vkeys, "vkey", "verifier `key` of a log that must be there (repeatable)")
	flag.Var(&known, "known", "`file` with an earlier checkpoint (repeatable)")
	site := flag.String("url", "", "`site` that serves /log/")
	dir := flag.String("dir", "", "`mirror` in a directory")
	flag.Parse()
	if (*site == "") == (*dir == "") || len(vkeys) == 0 || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	fetch, listPath := fromDirectory(*dir), "/logs.json"
	if *site != "" {
		fetch, listPath = fromSite(*site), "/log/"
	}
	if err := verifyAll(fetch, listPath, vkeys, known); err != nil {
		fmt.Println("WRONG", err)
		os.Exit(1)
	}
}

func verifyAll(fetch fetcher, listPath string, vkeys, knownFiles []string) error {
	body, err := fetch(listPath)
	if err != nil {
		return err
	}
	var listed struct {
		Logs []struct{ Name, Origin, Prefix string }
	}
	if err := json.Unmarshal(body, &listed); err != nil {
		return fmt.Errorf("%s: %v", listPath, err)
	}
	prefixes := map[string]string{}
	for _, log := range listed.Logs {
		prefixes[log.Origin] = strings.TrimSuffix(log.Prefix, "/") + "/"
	}
	var verifiers []note.Verifier
	for _, vkey := range vkeys {
		verifier, err := note.NewVerifier(vkey)
		if err != nil {
			return fmt.Errorf("%s: %v", vkey, err)
		}
		verifiers = append(verifiers, verifier)
	}
	known := map[string][]tlog.Tree{}
	for _, file := range knownFiles {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		opened, err := note.Open(text, note.VerifierList(verifiers...))
		if err != nil {
			return fmt.Errorf("%s: %v", file, err)
		}
		origin, tree, err := parseCheckpoint(opened.Text)
		if err != nil {
			return fmt.Errorf("%s: %v", file, err)
		}
		known[origin] = append(known[origin], tree)
	}
	for _, verifier := range verifiers {
		prefix, ok := prefixes[verifier.Name()]
		if !ok {
			return fmt.Errorf("%s: the log is not listed", verifier.Name())
		}
		size, err := verifyLog(fetch, prefix, verifier, known[verifier.Name()])
		if err != nil {
			return fmt.Errorf("%s: %v", verifier.Name(), err)
		}
		fmt.Printf("ok    %s: %d entries, continues %d known\n", verifier.Name(), size, len(known[verifier.Name()]))
	}
	return nil
}

// parseCheckpoint is tlog.ParseTree with the first line free: Go's own log has a fixed one.
func parseCheckpoint(text string) (string, tlog.Tree, error) {
	origin, rest, _ := strings.Cut(text, "\n")
	tree, err := tlog.ParseTree([]byte("go.sum database tree\n" + rest))
	return origin, tree, err
}

func verifyLog(fetch fetcher, prefix string, verifier note.Verifier, known []tlog.Tree) (int64, error) {
	text, err := fetch(prefix + "checkpoint")
	if err != nil {
		return 0, err
	}
	opened, err := note.Open(text, note.VerifierList(verifier))
	if err != nil {
		return 0, err
	}
	origin, tree, err := parseCheckpoint(opened.Text)
	if err != nil {
		return 0, err
	}
	if origin != verifier.Name() {
		return 0, fmt.Errorf("the checkpoint is of %s", origin)
	}
	// Hashes of the tree that the entries make, all of them, in tlog's own order.
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		hashes := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			if index >= int64(len(stored)) {
				return nil, fmt.Errorf("no hash %d", index)
			}
			hashes[i] = stored[index]
		}
		return hashes, nil
	})
	for start := int64(0); start < tree.N; start += tileWidth {
		entries, err := fetchBundle(fetch, prefix, start, tree.N)
		if err != nil {
			return 0, err
		}
		for i, entry := range entries {
			hashes, err := tlog.StoredHashes(start+int64(i), entry, reader)
			if err != nil {
				return 0, err
			}
			stored = append(stored, hashes...)
		}
	}
	// Go's own log is never empty; of RFC 6962's empty tree the package has no root.
	root := tlog.Hash(sha256.Sum256(nil))
	if tree.N > 0 {
		if root, err = tlog.TreeHash(tree.N, reader); err != nil {
			return 0, err
		}
	}
	if root != tree.Hash {
		return 0, errors.New("the entries do not make the root of the checkpoint")
	}
	for _, tile := range tlog.NewTiles(tileHeight, 0, tree.N) {
		want, err := tlog.ReadTileData(tile, reader)
		if err != nil {
			return 0, err
		}
		if err := checkTile(fetch, prefix, tile, want); err != nil {
			return 0, err
		}
	}
	for _, earlier := range known {
		if err := checkContinues(tree, earlier, reader); err != nil {
			return 0, err
		}
	}
	return tree.N, nil
}

func checkContinues(tree, earlier tlog.Tree, reader tlog.HashReader) error {
	if earlier.N > tree.N {
		return fmt.Errorf("rolled back: %d entries, %d are known", tree.N, earlier.N)
	}
	if earlier.N == 0 {
		return nil
	}
	proof, err := tlog.ProveTree(tree.N, earlier.N, reader)
	if err != nil {
		return err
	}
	if err := tlog.CheckTree(proof, tree.N, tree.Hash, earlier.N, earlier.Hash); err != nil {
		return fmt.Errorf("forked: %v", err)
	}
	return nil
}

// tilePath is Go's path of a tile in the spelling of C2SP tlog-tiles: no height, and bundles are "entries".
func tilePath(tile tlog.Tile) string {
	rest := strings.TrimPrefix(tile.Path(), fmt.Sprintf("tile/%d/", tileHeight))
	return "tile/" + strings.Replace(rest, "data/", "entries/", 1)
}

func checkTile(fetch fetcher, prefix string, tile tlog.Tile, want []byte) error {
	body, err := fetch(prefix + tilePath(tile))
	if err != nil {
		return err
	}
	if !bytes.Equal(body, want) {
		return fmt.Errorf("%s is not what the entries make", tilePath(tile))
	}
	return nil
}

func fetchBundle(fetch fetcher, prefix string, start, size int64) ([][]byte, error) {
	width := size - start
	if width > tileWidth {
		width = tileWidth
	}
	tile := tlog.Tile{H: tileHeight, L: -1, N: start / tileWidth, W: int(width)}
	body, err := fetch(prefix + tilePath(tile))
	if err != nil {
		return nil, err
	}
	var entries [][]byte
	for len(body) > 0 {
		if len(body) < 2 || len(body) < 2+int(body[0])<<8+int(body[1]) {
			return nil, fmt.Errorf("%s ends inside an entry", tilePath(tile))
		}
		end := 2 + int(body[0])<<8 + int(body[1])
		entries = append(entries, body[2:end])
		body = body[end:]
	}
	if int64(len(entries)) != width {
		return nil, fmt.Errorf("%s has %d entries, not %d", tilePath(tile), len(entries), width)
	}
	return entries, nil
}

func fromDirectory(dir string) fetcher {
	return func(path string) ([]byte, error) {
		body, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(filepath.Clean("/"+path))))
		if errors.Is(err, os.ErrNotExist) {
			return nil, fmt.Errorf("%s %w", path, errMissing)
		}
		return body, err
	}
}

func fromSite(site string) fetcher {
	// Names under .localhost are this machine (RFC 6761 §6.3), which not every resolver knows.
	dial := func(network, address string) (net.Conn, error) {
		if host, port, err := net.SplitHostPort(address); err == nil && strings.HasSuffix(host, ".localhost") {
			address = net.JoinHostPort("127.0.0.1", port)
		}
		return net.DialTimeout(network, address, 10*time.Second)
	}
	client := &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{Dial: dial}}
	return func(path string) ([]byte, error) {
		target, err := url.JoinPath(site, path)
		if err != nil {
			return nil, err
		}
		request, err := http.NewRequest("GET", target, nil)
		if err != nil {
			return nil, err
		}
		request.Header.Set("Accept", "application/json, */*;q=0.5")
		response, err := client.Do(request)
		if err != nil {
			return nil, err
		}
		defer response.Body.Close()
		if response.StatusCode != http.StatusOK {
			return nil, fmt.Errorf("%s: %s", path, response.Status)
		}
		return io.ReadAll(io.LimitReader(response.Body, maxBody))
	}
}
