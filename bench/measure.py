"""python measure.py command...: runs it and tells its output, wall and CPU seconds, and the peak memory of one process"""
import json, resource, subprocess, sys, time

begun = time.perf_counter()
done = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
unit = 1 if sys.platform == 'darwin' else 1024
print(json.dumps(dict(
    code=done.returncode, out=done.stdout, err=done.stderr[-2000:], seconds=time.perf_counter() - begun,
    cpu=used.ru_utime + used.ru_stime, peakMb=used.ru_maxrss * unit / 1e6)))
