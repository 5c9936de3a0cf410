;; Implements WASI preview 1 with the imports of world.wit.
;;
;; The adapter has no memory of its own. Where the host writes a result, it writes to the address that the guest gave for its
;; own result; the bytes around it are saved before and restored afterwards.
;;
;; The numbers of errors and clocks and the layouts are those of preview 1 (wasi_snapshot_preview1.witx): 0 success, 8 badf,
;; 28 inval, 29 io, 70 spipe, 76 notcapable.
(module
  (import "env" "memory" (memory 0))
  (import "wasi:cli/stdout@0.2.0" "get-stdout" (func $get_stdout (result i32)))
  (import "wasi:cli/stderr@0.2.0" "get-stderr" (func $get_stderr (result i32)))
  (import "wasi:io/streams@0.2.0" "[method]output-stream.blocking-write-and-flush"
    (func $write (param $stream i32) (param $bytes i32) (param $length i32) (param $result i32)))
  (import "wasi:io/streams@0.2.0" "[resource-drop]output-stream" (func $drop (param i32)))
  (import "wasi:random/random@0.2.0" "get-random-u64" (func $random (result i64)))
  (import "wasi:clocks/wall-clock@0.2.0" "now" (func $now (param $result i32)))

  ;; The monotonic clock in nanoseconds. It advances when the guest reads it and when the guest sleeps. Go refuses a zero.
  (global $monotonic (mut i64) (i64.const 1000000000))

  ;; --- output

  ;; Writes pieces of at most 4,096 bytes, the most that the host accepts at once. Returns the error.
  (func $write_all (param $stream i32) (param $bytes i32) (param $length i32) (param $place i32) (result i32)
    (local $piece i32)
    (block $written
      (loop $next
        (br_if $written (i32.eqz (local.get $length)))
        (local.set $piece (select (i32.const 4096) (local.get $length) (i32.gt_u (local.get $length) (i32.const 4096))))
        (call $write (local.get $stream) (local.get $bytes) (local.get $piece) (local.get $place))
        (if (i32.load8_u (local.get $place)) (then (return (i32.const 29))))
        (local.set $bytes (i32.add (local.get $bytes) (local.get $piece)))
        (local.set $length (i32.sub (local.get $length) (local.get $piece)))
        (br $next)))
    (i32.const 0))

  (func (export "fd_write") (param $fd i32) (param $pieces i32) (param $count i32) (param $out i32) (result i32)
    (local $stream i32) (local $place i32) (local $sum i32) (local $error i32)
    (local $kept_0 i32) (local $kept_1 i32) (local $kept_2 i32)
    (if (i32.gt_u (i32.sub (local.get $fd) (i32.const 1)) (i32.const 1)) (then (return (i32.const 8))))
    (local.set $place (i32.and (local.get $out) (i32.const -4)))
    (local.set $kept_0 (i32.load (local.get $place)))
    (local.set $kept_1 (i32.load offset=4 (local.get $place)))
    (local.set $kept_2 (i32.load offset=8 (local.get $place)))
    (local.set $stream
      (if (result i32) (i32.eq (local.get $fd) (i32.const 1))
        (then (call $get_stdout)) (else (call $get_stderr))))
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $count)))
        (local.set $error
          (call $write_all (local.get $stream) (i32.load (local.get $pieces)) (i32.load offset=4 (local.get $pieces))
            (local.get $place)))
        (br_if $done (local.get $error))
        (local.set $sum (i32.add (local.get $sum) (i32.load offset=4 (local.get $pieces))))
        (local.set $pieces (i32.add (local.get $pieces) (i32.const 8)))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br $next)))
    (call $drop (local.get $stream))
    (i32.store (local.get $place) (local.get $kept_0))
    (i32.store offset=4 (local.get $place) (local.get $kept_1))
    (i32.store offset=8 (local.get $place) (local.get $kept_2))
    (i32.store align=1 (local.get $out) (local.get $sum))
    (local.get $error))

  ;; --- randomness

  (func (export "random_get") (param $out i32) (param $length i32) (result i32)
    (block $done
      (loop $next
        (br_if $done (i32.lt_u (local.get $length) (i32.const 8)))
        (i64.store align=1 (local.get $out) (call $random))
        (local.set $out (i32.add (local.get $out) (i32.const 8)))
        (local.set $length (i32.sub (local.get $length) (i32.const 8)))
        (br $next)))
    (block $rest_done
      (loop $rest
        (br_if $rest_done (i32.eqz (local.get $length)))
        (i64.store8 (local.get $out) (call $random))
        (local.set $out (i32.add (local.get $out) (i32.const 1)))
        (local.set $length (i32.sub (local.get $length) (i32.const 1)))
        (br $rest)))
    (i32.const 0))

  ;; --- clocks

  (func $wall (param $out i32) (result i64)
    (local $place i32) (local $kept_0 i64) (local $kept_1 i64) (local $time i64)
    (local.set $place (i32.and (local.get $out) (i32.const -8)))
    (local.set $kept_0 (i64.load (local.get $place)))
    (local.set $kept_1 (i64.load offset=8 (local.get $place)))
    (call $now (local.get $place))
    (local.set $time
      (i64.add
        (i64.mul (i64.load (local.get $place)) (i64.const 1000000000))
        (i64.load32_u offset=8 (local.get $place))))
    (i64.store (local.get $place) (local.get $kept_0))
    (i64.store offset=8 (local.get $place) (local.get $kept_1))
    (local.get $time))

  (func (export "clock_time_get") (param $clock i32) (param $precision i64) (param $out i32) (result i32)
    (if (i32.gt_u (local.get $clock) (i32.const 3)) (then (return (i32.const 28))))
    (i64.store align=1 (local.get $out)
      (if (result i64) (local.get $clock)
        (then
          (global.set $monotonic (i64.add (global.get $monotonic) (i64.const 1000)))
          (global.get $monotonic))
        (else (call $wall (local.get $out)))))
    (i32.const 0))

  (func (export "clock_res_get") (param $clock i32) (param $out i32) (result i32)
    (if (i32.gt_u (local.get $clock) (i32.const 3)) (then (return (i32.const 28))))
    (i64.store align=1 (local.get $out)
      (select (i64.const 1000) (i64.const 1000000000) (local.get $clock)))
    (i32.const 0))

  ;; Sleeping, for a duration or until a time of the monotonic clock, ends at once. The clock then shows the end of the sleep.
  (func $sleep (param $clock i32) (param $timeout i64) (param $absolute i32)
    (local $end i64)
    (if (i32.and (local.get $absolute) (i32.const 1))
      (then
        (if (i32.and (i32.ne (local.get $clock) (i32.const 0)) (i64.gt_u (local.get $timeout) (global.get $monotonic)))
          (then (global.set $monotonic (local.get $timeout)))))
      (else
        ;; A sleep without end ends at the largest time that fits a signed number.
        (local.set $end (i64.add (global.get $monotonic) (local.get $timeout)))
        (global.set $monotonic
          (select (local.get $end) (i64.const 0x7fffffffffffffff)
            (i32.and (i64.ge_u (local.get $end) (global.get $monotonic)) (i64.ge_s (local.get $end) (i64.const 0))))))))

  ;; A subscription has 48 bytes (userdata 0, tag 8, clock 16, timeout 24, flags 40), an event 32 (userdata 0, error 8, type 10).
  (func (export "poll_oneoff") (param $in i32) (param $out i32) (param $count i32) (param $events i32) (result i32)
    (if (i32.eqz (local.get $count)) (then (return (i32.const 28))))
    (i32.store align=1 (local.get $events) (local.get $count))
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $count)))
        (i64.store align=1 (local.get $out) (i64.load align=1 (local.get $in)))
        (i64.store offset=8 align=1 (local.get $out) (i64.const 0))
        (i64.store offset=16 align=1 (local.get $out) (i64.const 0))
        (i64.store offset=24 align=1 (local.get $out) (i64.const 0))
        (i32.store8 offset=10 (local.get $out) (i32.load8_u offset=8 (local.get $in)))
        (if (i32.eqz (i32.load8_u offset=8 (local.get $in)))
          (then
            (call $sleep (i32.load offset=16 align=1 (local.get $in)) (i64.load offset=24 align=1 (local.get $in))
              (i32.load16_u offset=40 align=1 (local.get $in)))))
        (local.set $in (i32.add (local.get $in) (i32.const 48)))
        (local.set $out (i32.add (local.get $out) (i32.const 32)))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br $next)))
    (i32.const 0))

  ;; --- no arguments, no environment, no exit

  (func $nothing (param $count i32) (param $bytes i32) (result i32)
    (i32.store align=1 (local.get $count) (i32.const 0))
    (i32.store align=1 (local.get $bytes) (i32.const 0))
    (i32.const 0))
  (export "args_sizes_get" (func $nothing))
  (export "environ_sizes_get" (func $nothing))
  (func (export "args_get") (param i32 i32) (result i32) (i32.const 0))
  (func (export "environ_get") (param i32 i32) (result i32) (i32.const 0))
  (func (export "proc_exit") (param i32) unreachable)
  (func (export "proc_raise") (param i32) (result i32) unreachable)
  (func (export "sched_yield") (result i32) (i32.const 0))

  ;; --- stdin is empty; stdout and stderr are terminals, so that C writes them line by line

  (func $standard (param $fd i32) (result i32) (i32.le_u (local.get $fd) (i32.const 2)))
  (func (export "fd_read") (param $fd i32) (param i32 i32) (param $out i32) (result i32)
    (if (local.get $fd) (then (return (i32.const 8))))
    (i32.store align=1 (local.get $out) (i32.const 0))
    (i32.const 0))
  (func (export "fd_close") (param $fd i32) (result i32)
    (select (i32.const 0) (i32.const 8) (call $standard (local.get $fd))))
  (func (export "fd_fdstat_get") (param $fd i32) (param $out i32) (result i32)
    (if (i32.eqz (call $standard (local.get $fd))) (then (return (i32.const 8))))
    ;; A character device that can be read (right 1) or written (right 6), without seeking.
    (i64.store align=1 (local.get $out) (i64.const 2))
    (i64.store offset=8 align=1 (local.get $out) (select (i64.const 0x40) (i64.const 0x02) (local.get $fd)))
    (i64.store offset=16 align=1 (local.get $out) (i64.const 0))
    (i32.const 0))
  (func (export "fd_fdstat_set_flags") (param $fd i32) (param i32) (result i32)
    (select (i32.const 0) (i32.const 8) (call $standard (local.get $fd))))
  (func (export "fd_filestat_get") (param $fd i32) (param $out i32) (result i32)
    (if (i32.eqz (call $standard (local.get $fd))) (then (return (i32.const 8))))
    (memory.fill (local.get $out) (i32.const 0) (i32.const 64))
    (i32.store8 offset=16 (local.get $out) (i32.const 2))
    (i32.const 0))
  (func (export "fd_seek") (param $fd i32) (param i64 i32 i32) (result i32)
    (select (i32.const 70) (i32.const 8) (call $standard (local.get $fd))))
  (func (export "fd_tell") (param $fd i32) (param i32) (result i32)
    (select (i32.const 70) (i32.const 8) (call $standard (local.get $fd))))
  (func $sync (param $fd i32) (result i32)
    (select (i32.const 0) (i32.const 8) (call $standard (local.get $fd))))
  (export "fd_sync" (func $sync))
  (export "fd_datasync" (func $sync))

  ;; --- no files: no folder is open, so there are no other descriptors

  (func (export "fd_prestat_get") (param i32 i32) (result i32) (i32.const 8))
  (func (export "fd_prestat_dir_name") (param i32 i32 i32) (result i32) (i32.const 8))
  (func (export "fd_advise") (param i32 i64 i64 i32) (result i32) (i32.const 8))
  (func (export "fd_allocate") (param i32 i64 i64) (result i32) (i32.const 8))
  (func (export "fd_fdstat_set_rights") (param i32 i64 i64) (result i32) (i32.const 8))
  (func (export "fd_filestat_set_size") (param i32 i64) (result i32) (i32.const 8))
  (func (export "fd_filestat_set_times") (param i32 i64 i64 i32) (result i32) (i32.const 8))
  (func (export "fd_pread") (param i32 i32 i32 i64 i32) (result i32) (i32.const 8))
  (func (export "fd_pwrite") (param i32 i32 i32 i64 i32) (result i32) (i32.const 8))
  (func (export "fd_readdir") (param i32 i32 i32 i64 i32) (result i32) (i32.const 8))
  (func (export "fd_renumber") (param i32 i32) (result i32) (i32.const 8))
  (func $no_path_3 (param i32 i32 i32) (result i32) (i32.const 76))
  (func $no_path_5 (param i32 i32 i32 i32 i32) (result i32) (i32.const 76))
  (func $no_path_6 (param i32 i32 i32 i32 i32 i32) (result i32) (i32.const 76))
  (export "path_create_directory" (func $no_path_3))
  (export "path_remove_directory" (func $no_path_3))
  (export "path_unlink_file" (func $no_path_3))
  (export "path_filestat_get" (func $no_path_5))
  (export "path_symlink" (func $no_path_5))
  (export "path_readlink" (func $no_path_6))
  (export "path_rename" (func $no_path_6))
  (func (export "path_filestat_set_times") (param i32 i32 i32 i32 i64 i64 i32) (result i32) (i32.const 76))
  (func (export "path_link") (param i32 i32 i32 i32 i32 i32 i32) (result i32) (i32.const 76))
  (func (export "path_open") (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32) (i32.const 76))

  ;; --- no network

  (func (export "sock_accept") (param i32 i32 i32) (result i32) (i32.const 8))
  (func (export "sock_recv") (param i32 i32 i32 i32 i32 i32) (result i32) (i32.const 8))
  (func (export "sock_send") (param i32 i32 i32 i32 i32) (result i32) (i32.const 8))
  (func (export "sock_shutdown") (param i32 i32) (result i32) (i32.const 8))
)
