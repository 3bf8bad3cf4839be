# Tries to get out of its container. Prints a line for each attempt: its name, a tab, and how it ended.
# Arguments: a file of the host, and the number of a process there.

$| = 1;
my ($marker, $outside) = @ARGV;
my $file = "/shared/name\0"; my $zero = "\0" x 4096; my $tmp = "/tmp\0"; my $fs = "tmpfs\0";
# without modules, of which there are none here: DIRECTORY/*/NAME and DIRECTORY/*
sub list { my ($dir, $name) = @_; opendir(my $d, $dir) or return (); my @all = map { "$dir/$_" } grep { !/^\.\.?$/ } readdir($d); return defined $name ? map { "$_/$name" } @all : @all; }
sub verdict { my ($name, $out, $why) = @_; print "$name\t", $out ? "ESCAPED $out" : "held", " ($why)\n"; }
# a system call that must be refused: with which error tells who refused
sub call { my ($name, @call) = @_; local $! = 0; my $r = syscall($call[0], @call[1..$#call]); verdict($name, $r >= 0, $r >= 0 ? "returned $r" : "$!"); }
sub opens { my ($name, $mode, $path) = @_; my $ok = open(my $f, $mode, $path); my $n = 0;
  if ($ok && $mode eq "<") { $ok = sysread($f, my $b, 64) > 0; } verdict($name, $ok, $ok ? "opened" : "$!"); }
sub writes { my ($name, $path, $text) = @_; my $ok = open(my $f, ">", $path) && defined(syswrite($f, $text)); verdict($name, $ok, $ok ? "written" : "$!"); }
sub device { my ($name, $type, $major, $minor, $mode) = @_; my $p = "/tmp/dev-$major-$minor";
  system("/bin/busybox", "mknod", $p, $type, $major, $minor); opens($name, $mode, $p); unlink $p; }

call("mount", 165, $fs, $tmp, $fs, 0, 0);
call("bind mount of the root elsewhere", 165, "/\0", $tmp, 0, 4096, 0);
call("remount of the root", 165, 0, "/\0", 0, 32, 0);
call("umount of what masks the kernel's memory", 166, "/proc/kcore\0", 2);
call("umount of what makes settings read-only", 166, "/proc/sys\0", 2);
call("pivot_root", 155, $tmp, $tmp);
call("fsopen", 430, $fs, 0);
call("open_tree", 428, -100, "/\0", 1);
call("move_mount", 429, 0, "\0", 1, "\0", 0);
call("mount_setattr", 442, -100, "/proc/sys\0", 0, $zero, 32);
call("unshare of users", 272, 0x10000000);
call("unshare of mounts", 272, 0x00020000);
call("unshare of control groups", 272, 0x02000000);
{ my $r = syscall(56, 0x10000000 | 17, 0, 0, 0, 0); if ($r == 0) { syscall(231, 0); } verdict("clone with a namespace of users", $r > 0, "$!"); }
{ my $a = pack("Q8", 0x10000000, 0, 0, 0, 17, 0, 0, 0); my $r = syscall(435, $a, 64); if ($r == 0) { syscall(231, 0); } verdict("clone3 with a namespace of users", $r > 0, "$!"); }
{ open(my $ns, "<", "/proc/1/ns/mnt"); call("setns", 308, $ns ? fileno($ns) : -1, 0); }
{ mkdir "/tmp/jail"; my $pid = fork(); if (!$pid) { chroot("/tmp/jail"); chdir("../../../../../../../../.."); exit(-e ".$marker" ? 1 : 0); } waitpid($pid, 0); verdict("chroot and back", $? != 0, "no host file there"); }
{ my $h = pack("IiQ", 8, 1, 2); open(my $d, "<", "/etc/hosts"); call("open_by_handle_at of the host's root", 304, fileno($d), $h, 0); }
my ($major, $minor) = (8, 0);
if (open(my $p, "<", "/proc/partitions")) { while (<$p>) { if (/^\s*(\d+)\s+(\d+)\s+\d+\s+\w+$/) { ($major, $minor) = ($1, $2); last; } } }
device("a block device of the host, to read", "b", $major, $minor, "<");
device("a block device of the host, to write", "b", $major, $minor, "+<");
device("/dev/mem", "c", 1, 1, "<");
device("/dev/port", "c", 1, 4, "<");
device("/dev/kmsg", "c", 1, 11, "<");
device("/dev/fuse", "c", 10, 229, "+<");
{ system("/bin/busybox", "mknod", "/tmp/tun", "c", 10, 200); my $ok = 0; if (open(my $f, "+<", "/tmp/tun")) { my $r = "escape0" . ("\0" x 9) . pack("S", 0x1001) . ("\0" x 22); $ok = ioctl($f, 0x400454ca, $r); } verdict("a network device of the host", $ok, "$!"); }
device("/dev/loop-control", "c", 10, 237, "+<");
device("/dev/kvm", "c", 10, 232, "+<");
opens("the kernel's memory as a file", "<", "/proc/kcore");
opens("the kernel's keys", "<", "/proc/keys");
opens("the machine's timers", "<", "/proc/timer_list");
writes("a helper for core dumps", "/proc/sys/kernel/core_pattern", "|/tmp/x");
writes("a setting of the kernel", "/proc/sys/vm/overcommit_memory", "1");
writes("the system request key", "/proc/sysrq-trigger", "h");
writes("a helper for modules", "/proc/sys/kernel/modprobe", "/tmp/x");
writes("a helper for events", "/sys/kernel/uevent_helper", "/tmp/x");
writes("an interpreter of binaries", "/proc/sys/fs/binfmt_misc/register", ":x:M::x::/tmp/x:");
writes("interrupts of the machine", "/proc/irq/default_smp_affinity", "1");
{ my $out = 0; for my $g (("/sys/fs/cgroup", list("/sys/fs/cgroup"))) { $out = "$g" if -e "$g/cgroup.procs" && mkdir("$g/escape"); } verdict("a control group of its own", $out, "$!"); }
{ my $out = 0; for my $g (list("/sys/fs/cgroup", "release_agent")) { $out = "$g" if open(my $f, ">", $g); } verdict("a release agent of control groups", $out, "$!"); }
{ my $out = 0; for my $g (list("/sys/fs/cgroup", "devices.allow")) { $out = "$g" if open(my $f, ">", $g); } verdict("more devices", $out, "$!"); }
{ my $out = 0; for my $g (list("/sys/fs/cgroup", "cgroup.procs")) { $out = "$g" if open(my $f, ">", $g); } verdict("another control group", $out, "$!"); }
writes("memory of the machine's pages", "/sys/kernel/mm/transparent_hugepage/enabled", "never");
call("bpf", 321, 0, $zero, 64);
call("perf_event_open", 298, $zero, 0, -1, -1, 0);
call("userfaultfd", 323, 0);
call("io_uring_setup", 425, 8, $zero);
call("add_key", 248, "user\0", "x\0", "x\0", 1, -2);
call("keyctl", 250, 0, -3, 0);
call("init_module", 175, $zero, 64, "\0");
call("finit_module", 313, 0, "\0", 0);
call("delete_module", 176, "x\0", 0);
call("kexec_load", 246, 0, 0, $zero, 0);
call("reboot", 169, 0xfee1dead, 672274793, 0, 0);
call("swapon", 167, "/shared/swap\0", 0);
call("settimeofday", 164, $zero, 0);
call("clock_settime", 227, 0, $zero);
call("sethostname", 170, "escaped\0", 7);
call("reading the kernel's log", 103, 3, $zero, 4096);
call("clearing the kernel's log", 103, 5, 0, 0);
call("acct", 163, "/shared/acct\0");
call("quotactl", 179, 0x80000100, "/dev/x\0", 0, 0);
call("iopl", 172, 3);
call("ioperm", 173, 0x80, 1, 1);
{ my $buffer = "x" x 64; my $to = pack("PQ", $buffer, 64); my $from = pack("QQ", 0x400000, 64); call("process_vm_readv of a process outside", 310, $outside, $to, 1, $from, 1, 0); }
call("ptrace of a process outside", 101, 16, $outside, 0, 0);
verdict("a signal to a process outside", kill(0, $outside), "$!");
{ opendir(my $d, "/proc"); my @p = grep { /^\d+$/ } readdir($d); verdict("seeing processes outside", @p > 3, scalar(@p) . " seen"); }
call("a socket to the hypervisor", 41, 40, 1, 0);
call("a raised priority", 141, 0, 0, -20);
{ my $ok = open(my $f, ">", "/proc/self/oom_score_adj") && defined(syswrite($f, "-1000")); verdict("exemption from the out-of-memory killer", $ok, "$!"); }
{ my $l = pack("QQ", 1 << 40, 1 << 40); call("a raised limit", 160, 7, $l); }
{ my $h = pack("II", 0x20080522, 0); my $d = pack("I6", 0xffffffff, 0xffffffff, 0, 0xffffffff, 0xffffffff, 0); call("capset to all capabilities", 126, $h, $d); }
{ my $out = 0; for my $n (3 .. 40) { $out = 1 if -e "/proc/self/fd/$n/../../../../../../../..$marker" || -e "/proc/1/fd/$n/../../../../../../../..$marker"; } verdict("a descriptor that leads out", $out, "none"); }
{ my $out = 0; for my $base ("/proc/self/root", "/proc/1/root", "/proc/self/cwd/../..", "/proc/1/cwd/../..", "/shared/../../../..", "/dev/../..", "/proc/1/task/1/root") { $out = 1 if -e "$base$marker"; } verdict("a link of the kernel that leads out", $out, "none"); }
{ symlink($marker, "/shared/link"); symlink("../../../../../../..$marker", "/shared/up"); my $out = 0; for my $l ("/shared/link", "/shared/up") { open(my $f, "+<", $l) and $out = 1; } verdict("a link out of a mount", $out, "$!"); unlink "/shared/link", "/shared/up"; }
{ my $out = 0; for my $p ("/run/docker.sock", "/var/run/docker.sock", "/run/containerd/containerd.sock", "/run/buildkit/buildkitd.sock") { $out = 1 if -S $p; } verdict("a daemon's socket", $out, "none"); }
{ my $out = 0; for my $d (list("/dev")) { $out = 1 if -b $d || $d =~ m{/(mem|kmem|port|kmsg|sd.*|vd.*|nvme.*|loop.*)$}; } verdict("devices that lie about", $out, "none"); }
