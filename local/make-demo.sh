#!/bin/sh
# Makes the two demo clips again. Needs ffmpeg 5 or newer; the project itself does not.
#
# demo.mp4:        540x960, 30 fps, 10 s, about 7 MB: two parts of 5 MiB, and no network's rules refuse it
# demo-small.mp4:  the same shape, 6 s, below 1 MB: fits a one-request form
#
# What the networks ask for: H.264 and AAC, yuv420p, closed GOP, moov first, no edit lists. B-frames and audio start-up
# samples are what edit lists make up for: there are no B-frames here, and the audio begins 1,024 samples late, which is what
# the encoder puts in front, so that both tracks start at zero.
set -eu
cd "$(dirname "$0")"

# usage: clip FILE SECONDS GRAIN VIDEO_RATE AUDIO_RATE. The grain keeps the bit rate up: a smooth picture would need far less.
clip() {
  ffmpeg -hide_banner -loglevel error -y \
    -f lavfi -i "gradients=size=540x960:rate=30:type=spiral:nb_colors=4:c0=0x14213d:c1=0x3a0ca3:c2=0xf72585:c3=0xff9f1c:speed=0.012:seed=7" \
    -f lavfi -i "mandelbrot=size=540x960:rate=30:start_scale=2.2:end_scale=0.02:end_pts=420:maxiter=512" \
    -f lavfi -i "color=color=white:size=220x220:rate=30,format=rgba,geq=r=255:g=236:b=190:a='clip(255*(1-hypot(X-110,Y-110)/110),0,255)':enable='eq(n,0)',trim=end_frame=1,loop=loop=-1:size=1" \
    -f lavfi -i "aevalsrc='0.22*sin(2*PI*t*(220+40*sin(2*PI*0.3*t)))*(0.6+0.4*sin(2*PI*2*t))|0.22*sin(2*PI*t*(330+40*cos(2*PI*0.2*t)))*(0.6+0.4*cos(2*PI*2*t))':sample_rate=48000:channel_layout=stereo" \
    -filter_complex "[0:v]format=gbrp[base];[1:v]format=gbrp[fractal];[base][fractal]blend=all_mode=screen:all_opacity=0.45[mix];[mix][2:v]overlay=x='(W-w)/2+160*sin(2*PI*t/5)':y='(H-h)/2+330*sin(2*PI*t/3.3)':eval=frame,noise=alls=$3:allf=t,scale=out_color_matrix=bt709,format=yuv420p[v];[3:a]asetpts=PTS+1024[a]" \
    -map "[v]" -map "[a]" -t "$2" \
    -c:v libx264 -profile:v high -level 3.1 -preset slow -bf 0 -g 60 -keyint_min 60 -sc_threshold 0 -flags +cgop \
    -b:v "$4" -maxrate "$4" -bufsize "$4" -color_primaries bt709 -color_trc bt709 -colorspace bt709 \
    -c:a aac -b:a "$5" -ar 48000 -ac 2 \
    -movflags +faststart -use_editlist 0 -map_metadata -1 -fflags +bitexact -flags:v +bitexact -flags:a +bitexact "$1"
}

clip demo.mp4 10 14 5500k 120k
clip demo-small.mp4 6 0 900k 96k
