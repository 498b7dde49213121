/* Training kernels in bfloat16, channels last: batch norm fused with ReLU6, depthwise 3x3.
 *
 * A tensor is rows of C channels (rows = N*H*W), stored as the upper half of a float. Every kernel
 * accumulates in float and rounds to nearest even once. Threads split the images; OpenMP's runtime
 * is the one torch has loaded, so that there is one pool of threads and not two.
 */
#include <math.h>
#include <omp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef uint16_t bf16;
typedef float floats __attribute__((vector_size(64)));
typedef uint32_t words __attribute__((vector_size(64)));
typedef uint16_t halves __attribute__((vector_size(32)));

#define LANES 16
#define FLUSH 128 /* chunks summed in float before they join the double */

static inline float widen(bf16 value) {
    uint32_t bits = (uint32_t)value << 16;
    float result;
    memcpy(&result, &bits, 4);
    return result;
}

static inline bf16 narrow(float value) {
    uint32_t bits;
    memcpy(&bits, &value, 4);
    return (bf16)((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

/* Channels repeat every C values: coefficients are laid out over `span` values, a multiple of C and
 * of the vector length, so that the inner loops are long and plain whatever C is. */
static int span_of(int channels) {
    int repeats = 1;
    while ((channels * repeats) % 32 != 0 || channels * repeats < 64) repeats++;
    return channels * repeats;
}

static void chunk_bounds(long total, int span, long *first, long *last) {
    long chunks = (total + span - 1) / span, threads = omp_get_num_threads();
    long mine = omp_get_thread_num();
    *first = chunks * mine / threads * span;
    *last = chunks * (mine + 1) / threads * span;
    if (*last > total) *last = total;
}

static void fold(double *into, const float *first, int span, int channels) {
    for (int j = 0; j < span; j++) into[j % channels] += first[j];
}

/* Two sums a channel, over this thread's share of a tensor: two floats a lane, and now and then what
 * they have come to in doubles. */
typedef struct {
    int span, channels, pending;
    float *s, *q;
    double *mine;
} Sums;

static Sums sums_of(int span, int channels) {
    float *lanes = calloc(2 * span, sizeof(float));
    return (Sums){span, channels, 0, lanes, lanes + span, calloc(2 * channels, sizeof(double))};
}

static inline void end_chunk(Sums *sums, int is_last) {
    if (++sums->pending < FLUSH && !is_last) return;
    fold(sums->mine, sums->s, sums->span, sums->channels);
    fold(sums->mine + sums->channels, sums->q, sums->span, sums->channels);
    memset(sums->s, 0, 2 * sums->span * sizeof(float));
    sums->pending = 0;
}

/* Adds up those of all threads, which wait here for each other. */
static void join(Sums *sums, double *into) {
#pragma omp critical
    for (int j = 0; j < 2 * sums->channels; j++) into[j] += sums->mine[j];
    free(sums->s);
    free(sums->mine);
#pragma omp barrier
}

/* y = clamp(gamma * (x - mean) / sqrt(var + eps) + beta), var biased; clamp to [0, 6] if `relu6`. */
void batch_norm_forward(const bf16 *x, bf16 *y, long rows, int channels, const float *gamma,
                        const float *beta, float eps, int relu6, float *mean, float *variance) {
    int span = span_of(channels);
    long total = rows * channels;
    double *sums = calloc(2 * channels, sizeof(double));
    float *scale = malloc(2 * span * sizeof(float)), *shift = scale + span;
    float low = relu6 ? 0.0f : -INFINITY, high = relu6 ? 6.0f : INFINITY;
#pragma omp parallel
    {
        long first, last;
        chunk_bounds(total, span, &first, &last);
        Sums local = sums_of(span, channels);
        float *s = local.s, *q = local.q;
        for (long at = first; at < last; at += span) {
            int length = last - at < span ? (int)(last - at) : span;
            const bf16 *p = x + at;
            for (int j = 0; j < length; j++) {
                float value = widen(p[j]);
                s[j] += value;
                q[j] += value * value;
            }
            end_chunk(&local, at + span >= last);
        }
        join(&local, sums);
#pragma omp single
        for (int j = 0; j < span; j++) {
            int c = j % channels;
            double m = sums[c] / rows, v = sums[channels + c] / rows - m * m;
            if (v < 0) v = 0;
            mean[c] = (float)m;
            variance[c] = (float)v;
            scale[j] = gamma[c] / sqrtf((float)v + eps);
            shift[j] = beta[c] - (float)m * scale[j];
        }
        for (long at = first; at < last; at += span) {
            int length = last - at < span ? (int)(last - at) : span;
            const bf16 *p = x + at;
            bf16 *out = y + at;
            for (int j = 0; j < length; j++) {
                float value = widen(p[j]) * scale[j] + shift[j];
                value = value < low ? low : value;
                value = value > high ? high : value;
                out[j] = narrow(value);
            }
        }
    }
    free(sums);
    free(scale);
}

/* The gradient of the above; the clamp's mask is computed again from x. */
void batch_norm_backward(const bf16 *x, const bf16 *dy, bf16 *dx, long rows, int channels,
                         const float *gamma, const float *beta, float eps, int relu6,
                         const float *mean, const float *variance, float *dgamma, float *dbeta) {
    int span = span_of(channels);
    long total = rows * channels;
    double *sums = calloc(2 * channels, sizeof(double));
    float *scale = malloc(4 * span * sizeof(float));
    float *shift = scale + span, *slope = shift + span, *offset = slope + span;
    float low = relu6 ? 0.0f : -INFINITY, high = relu6 ? 6.0f : INFINITY;
    for (int j = 0; j < span; j++) {
        int c = j % channels;
        scale[j] = gamma[c] / sqrtf(variance[c] + eps);
        shift[j] = beta[c] - mean[c] * scale[j];
    }
#pragma omp parallel
    {
        long first, last;
        chunk_bounds(total, span, &first, &last);
        Sums local = sums_of(span, channels);
        float *s = local.s, *q = local.q;
        for (long at = first; at < last; at += span) {
            int length = last - at < span ? (int)(last - at) : span;
            const bf16 *p = x + at, *g = dy + at;
            for (int j = 0; j < length; j++) {
                float value = widen(p[j]), gradient = widen(g[j]);
                float before = value * scale[j] + shift[j];
                gradient = (before > low) & (before < high) ? gradient : 0.0f;
                s[j] += gradient;
                q[j] += gradient * value;
            }
            end_chunk(&local, at + span >= last);
        }
        join(&local, sums);
#pragma omp single
        for (int j = 0; j < span; j++) {
            int c = j % channels;
            double inverse = 1.0 / sqrt((double)variance[c] + eps);
            double about_mean = (sums[channels + c] - mean[c] * sums[c]) * inverse;
            dgamma[c] = (float)about_mean;
            dbeta[c] = (float)sums[c];
            double k = -gamma[c] * inverse * inverse * about_mean / rows;
            slope[j] = (float)k;
            offset[j] = (float)(-gamma[c] * inverse * sums[c] / rows - k * mean[c]);
        }
        for (long at = first; at < last; at += span) {
            int length = last - at < span ? (int)(last - at) : span;
            const bf16 *p = x + at, *g = dy + at;
            bf16 *out = dx + at;
            for (int j = 0; j < length; j++) {
                float value = widen(p[j]), gradient = widen(g[j]);
                float before = value * scale[j] + shift[j];
                gradient = (before > low) & (before < high) ? gradient : 0.0f;
                out[j] = narrow(scale[j] * gradient + slope[j] * value + offset[j]);
            }
        }
    }
    free(sums);
    free(scale);
}

/* 16 channels of one image as floats, with room for a border of zeros: it stays in the cache, and
 * the loops over taps need no test for the border. */
static inline floats load(const bf16 *p, int count) {
    halves raw = {0};
    if (count == LANES)
        memcpy(&raw, p, 32);
    else if (count == LANES / 2)
        memcpy(&raw, p, 16);
    else
        memcpy(&raw, p, count * sizeof(bf16));
    return (floats)(__builtin_convertvector(raw, words) << 16);
}

static inline void store(bf16 *p, floats value, int count) {
    words bits = (words)value;
    bits = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
    halves raw = __builtin_convertvector(bits, halves);
    if (count == LANES)
        memcpy(p, &raw, 32);
    else if (count == LANES / 2)
        memcpy(p, &raw, 16);
    else
        memcpy(p, &raw, count * sizeof(bf16));
}

typedef struct {
    int images, height, width, channels, stride;
} Shape;

#define OUT(size, stride) (((size) - 1) / (stride) + 1)

static floats *plane_for(int height, int width) {
    size_t bytes = sizeof(floats) * (height + 2) * (width + 2);
    floats *plane = aligned_alloc(sizeof(floats), bytes);
    memset(plane, 0, bytes);
    return plane;
}

/* Write height x width pixels into the plane, `step` apart, one pixel in from its border. */
static void fill(floats *plane, int pitch, const bf16 *p, int height, int width, int channels,
                 int count, int step) {
    for (int i = 0; i < height; i++)
        for (int j = 0; j < width; j++)
            plane[(i * step + 1) * pitch + j * step + 1] =
                load(p + ((long)i * width + j) * channels, count);
}

static void convolve(const floats *plane, int pitch, const floats *taps, bf16 *out, int height,
                     int width, int channels, int count, int stride) {
    floats k[9];
    memcpy(k, taps, sizeof k);
    for (int i = 0; i < height; i++)
        for (int j = 0; j < width; j++) {
            const floats *a = plane + i * stride * pitch + j * stride;
            const floats *b = a + pitch, *c = b + pitch;
            floats top = a[0] * k[0] + a[1] * k[1] + a[2] * k[2];
            floats middle = b[0] * k[3] + b[1] * k[4] + b[2] * k[5];
            floats bottom = c[0] * k[6] + c[1] * k[7] + c[2] * k[8];
            store(out + ((long)i * width + j) * channels, top + middle + bottom, count);
        }
}

/* 3x3, padding 1. w is laid out [9][channels rounded up to 16]. */
void depthwise_forward(const bf16 *x, const float *w, bf16 *y, const Shape *shape) {
    int h = shape->height, wd = shape->width, ch = shape->channels, s = shape->stride;
    int oh = OUT(h, s), ow = OUT(wd, s), padded = (ch + LANES - 1) / LANES * LANES;
#pragma omp parallel
    {
        floats *plane = plane_for(h, wd);
#pragma omp for schedule(static)
        for (int n = 0; n < shape->images; n++)
            for (int c = 0; c < ch; c += LANES) {
                int count = ch - c < LANES ? ch - c : LANES;
                floats taps[9];
                for (int t = 0; t < 9; t++) memcpy(&taps[t], w + (long)t * padded + c, 64);
                fill(plane, wd + 2, x + (long)n * h * wd * ch + c, h, wd, ch, count, 1);
                convolve(plane, wd + 2, taps, y + (long)n * oh * ow * ch + c, oh, ow, ch, count, s);
            }
        free(plane);
    }
}

/* dw is laid out as w, and zero on entry. dx is dy, spread `stride` apart, convolved with the
 * kernel turned half round. */
void depthwise_backward(const bf16 *x, const float *w, const bf16 *dy, bf16 *dx, float *dw,
                        const Shape *shape) {
    int h = shape->height, wd = shape->width, ch = shape->channels, s = shape->stride;
    int oh = OUT(h, s), ow = OUT(wd, s), padded = (ch + LANES - 1) / LANES * LANES;
    int pitch = wd + 2;
#pragma omp parallel
    {
        floats *inputs = plane_for(h, wd), *gradients = plane_for(h, wd);
        float *mine = calloc(9 * padded, sizeof(float));
#pragma omp for schedule(static)
        for (int n = 0; n < shape->images; n++)
            for (int c = 0; c < ch; c += LANES) {
                int count = ch - c < LANES ? ch - c : LANES;
                floats taps[9], sums[9] = {{0}};
                for (int t = 0; t < 9; t++) memcpy(&taps[8 - t], w + (long)t * padded + c, 64);
                fill(inputs, pitch, x + (long)n * h * wd * ch + c, h, wd, ch, count, 1);
                fill(gradients, pitch, dy + (long)n * oh * ow * ch + c, oh, ow, ch, count, s);
                convolve(gradients, pitch, taps, dx + (long)n * h * wd * ch + c, h, wd, ch, count, 1);
                for (int i = 0; i < oh; i++)
                    for (int j = 0; j < ow; j++) {
                        floats g = gradients[(i * s + 1) * pitch + j * s + 1];
                        const floats *p = inputs + i * s * pitch + j * s;
                        for (int a = 0; a < 3; a++)
                            for (int b = 0; b < 3; b++) sums[a * 3 + b] += p[a * pitch + b] * g;
                    }
                for (int t = 0; t < 9; t++)
                    for (int k = 0; k < LANES; k++) mine[(long)t * padded + c + k] += sums[t][k];
            }
#pragma omp critical
        for (int j = 0; j < 9 * padded; j++) dw[j] += mine[j];
        free(inputs);
        free(gradients);
        free(mine);
    }
}
