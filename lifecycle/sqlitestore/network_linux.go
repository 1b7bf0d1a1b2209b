package sqlitestore

import (
	"fmt"
	"path/filepath"
	"syscall"
)

// checkFileSystem returns an error that matches ErrNetwork when the file at path, or its
// folder if there is no file yet, is on a network file system.
func checkFileSystem(path string) error {
	var s syscall.Statfs_t
	if syscall.Statfs(path, &s) != nil && syscall.Statfs(filepath.Dir(path), &s) != nil {
		return nil //nolint:nilerr // what is wrong is found when the file is opened
	}
	return judgeFileSystem(uint32(s.Type)) // its type differs between processors
}

// networks are the file systems that keep their files on another machine, or may do so,
// by the magic numbers that Linux has for them.
var networks = map[uint32]string{
	0x0000_564c: "NCP",
	0x0000_6969: "NFS",
	0x0000_517b: "SMB",
	0xff53_4d42: "CIFS",
	0xfe53_4d42: "SMB2",
	0x5346_414f: "AFS",
	0x6b41_4653: "kAFS",
	0x7375_7245: "Coda",
	0x0102_1997: "9P",
	0x00c3_6400: "Ceph",
	0x0bd0_0bd0: "Lustre",
	0x4750_4653: "GPFS",
	0x1983_0326: "BeeGFS",
	0x7461_636f: "OCFS2",
	0x786f_4256: "vboxsf",
	// Which file system is behind FUSE is not known: sshfs, s3fs and many others.
	0x6573_5546: "FUSE",
}

// judgeFileSystem returns an error that matches ErrNetwork for the magic number of a
// network file system.
func judgeFileSystem(magic uint32) error {
	if name, ok := networks[magic]; ok {
		return fmt.Errorf("%w (%s)", ErrNetwork, name)
	}
	return nil
}
