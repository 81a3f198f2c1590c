#!/bin/sh
# Makes the clips of the probe's tests again: real files of many kinds, a second or two each and a few kB. Needs ffmpeg 5.
set -eu
cd "$(dirname "$0")"

make() {
  name=$1
  shift
  ffmpeg -hide_banner -loglevel error -y -f lavfi -i testsrc2=size=64x48:rate=25:duration=2 -f lavfi -i sine=frequency=440:sample_rate=44100:duration=2 \
    -pix_fmt yuv420p -ac 1 -b:v 20k -b:a 16k -map_metadata -1 -fflags +bitexact "$@" "$name"
}

make moov-last.mp4 -c:v libx264 -c:a aac
make moov-first.mov -c:v libx264 -c:a pcm_s16le -ar 8000 -movflags +faststart
make hevc-mp3.mp4 -c:v libx265 -x265-params log-level=none -tag:v hvc1 -c:a libmp3lame -b:a 32k
make vp9-opus.mp4 -c:v libvpx-vp9 -c:a libopus
make fragmented.mp4 -c:v libx264 -g 10 -c:a aac -movflags frag_keyframe+empty_moov+default_base_moof
make wide-pixels.mp4 -c:v libx264 -an -vf setsar=4/3
make silent.3gp -c:v h263 -s 128x96 -an
make sound.m4a -vn -c:a aac
make clip.webm -c:v libvpx-vp9 -c:a libopus
make clip.mkv -c:v libx264 -c:a aac
make clip.avi -c:v mpeg4 -an
make clip.mpg -c:v mpeg1video -an
make clip.mpegts -c:v libx264 -an -f mpegts
make clip.flv -c:v flv1 -an
make clip.wmv -c:v wmv2 -an
make picture.jpg -frames:v 1 -an -update 1 -pix_fmt yuvj420p
make picture.png -frames:v 1 -an -update 1 -pix_fmt rgb24

# A quarter turn, as telephones write it: the picture lies, and the header says how to stand it up.
ffmpeg -hide_banner -loglevel error -y -i moov-last.mp4 -c copy -metadata:s:v rotate=90 -fflags +bitexact turned.mp4
