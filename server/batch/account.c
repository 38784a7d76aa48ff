/* What the account offers to all pools: the images. */
#include "batch/batch.h"

struct image {
    const char *agent, *publisher, *offer, *sku;
    const char *end_of_life; /* or NULL */
};

/* Linux images that Azure Batch verifies, of the publishers that people use. What runs here is the
 * host itself, whichever is chosen. */
static const struct image images[] = {
    {"batch.node.ubuntu 22.04", "canonical", "0001-com-ubuntu-server-jammy", "22_04-lts",
        "2027-06-01T00:00:00Z"},
    {"batch.node.ubuntu 22.04", "microsoft-dsvm", "ubuntu-hpc", "2204", "2027-06-01T00:00:00Z"},
    {"batch.node.ubuntu 24.04", "canonical", "ubuntu-24_04-lts", "server", NULL},
    {"batch.node.debian 12", "debian", "debian-12", "12", NULL},
    {"batch.node.debian 11", "debian", "debian-11", "11", "2026-08-31T00:00:00Z"},
    {"batch.node.el 8", "almalinux", "almalinux-x86_64", "8-gen2", NULL},
    {"batch.node.el 9", "almalinux", "almalinux-x86_64", "9-gen2", NULL},
    {"batch.node.mariner 2.0", "microsoftcblmariner", "cbl-mariner", "cbl-mariner-2-gen2", NULL},
};

static bool add_image(struct page *page, const struct image *image, struct azb_error *err)
{
    struct azb_image_reference reference = {.publisher = image->publisher,
        .offer = image->offer,
        .sku = image->sku,
        .version = "latest"};
    struct azb_supported_image shown = {.node_agent_sku_id = image->agent,
        .image_reference = &reference,
        .os_type = {AZB_OS_TYPE_LINUX, NULL},
        .batch_support_end_of_life = image->end_of_life,
        .verification_type = {AZB_VERIFICATION_TYPE_VERIFIED, NULL}};

    return page_add(page, text_of(image->sku), &shown, TEXT_NONE, err);
}

/* The key of an image is its place in the list: "0", "1", ... */
static size_t first_image(const struct page *page)
{
    uint64_t last = 0;

    return text_to_u64(page->after, 1000, &last) ? (size_t)last + 1 : 0;
}

bool serve_supported_images(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct page page;
    scoped_buffer struct buffer out = {0};

    if (!page_begin(&page, request, model_supported_image(), "supportedimages", &out, err))
        return false;
    for (size_t i = first_image(&page); i < sizeof(images) / sizeof(images[0]); i++) {
        if (!page_takes(&page))
            return page_end(&page, reply, err);
        if (!add_image(&page, &images[i], err))
            return false;
        page.last = text_of(arena_format(&request->arena, "%zu", i));
    }
    return page_end(&page, reply, err);
}
