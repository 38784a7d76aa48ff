/*
 * Keys made for these tests alone, and what the openssl command said about them:
 *   openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj "/CN=azb test/O=Example"
 *   openssl x509 -fingerprint -sha1 / -sha256 -dates; openssl rsa -modulus
 *   openssl dgst -sha256 -sign [-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32]
 */
#ifndef TEST_BASE_KEYS_H
#define TEST_BASE_KEYS_H

// clang-format off
static const char key_pem[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQCe80VCs9EHUG9g\n"
    "kQNggT/pE1ve1ru37eXmPhEsuz25pss6NcKVama/3yiPR5II2sqV7owPrJJaJ9Ml\n"
    "4I9+jFDLjDfBob3OTYsx2YXJt1uOM+JUbsSztQByGI/7tIp4DtUshCqXmAUIX7uX\n"
    "mCMJvn4OkNKodWB+Owsfmul+NiqUVJ0COlDW4GI64Ry57YAsp3FM9hr+6fx0Fcli\n"
    "Pn+5KTpDa4hFHKzxWiu5ViK0M8jXtQ+HjM8fqhGgXojVqgPqc55cjLSEkFXASOtj\n"
    "pMhW9V+xatEcu5ZwYboQqyQRVRWnVjlbe6GQH2Rut9bsnIO4iGatZzh8oNp0UGYO\n"
    "GUv3mBOjAgMBAAECggEAFgwzbrmnhGa1VEU5HTFAbrGHPEU3257tlT7FvhkoyjAn\n"
    "H2dmmrgcEYBATYOFb6H9mMdyeRgcYtIEWUwpS0nmSR2lfD/VpqCd7qe4BY9f7T0o\n"
    "J0MIGM9CBRGAI09bJ6UTD64zhDyLcippSHFLZuYb8SRIfCJv5IKHG/aubZnQ1Ssh\n"
    "PeGV93qNCCJeAZAPRqcJBVXiECuomLcl4eBI/DkcuFq51rTGSAuzmkSLE40HnG1Z\n"
    "0VyCPtBDFBRk+kzpVk4Xt5PsURiKeWgnuqIqR/tWUSxOK9jy25LRT2Wg9wT1tpPI\n"
    "xwP+V8pj9k3HWe9Qi1XkmAvbnu9lkyNgfWpHKZ+rNQKBgQDcvpG+LGQpm8nZhqDK\n"
    "HpkSQz6N8TrP7GeHqY4FJ1euDgk61lRW5ZGrj5DXvpa8CpRyrtPb2EAW6U8b+9Fh\n"
    "jcfdhIOQkFE+MA2Co8ep+4XcMa6gzV0C7/7Z2sjlrm5OsoLgKe9PI4zH3yG1iS0b\n"
    "PYnHWFlInk+zRPi06GxE9a9Y/wKBgQC4VipQ74zdO6DMVWpI910Mh3IYFYj3Nc8a\n"
    "paIw23UfvxDh/9omAgo19YcEwDBFxdIT/azIGUHorqemOVu4ltcJWrbQXvQYu8s9\n"
    "MJ/bLKDUZ+917zk26BloBrch96pdXVigLf3/uHXzSsgcv/froyeDuMn3Di00dkSf\n"
    "icR/YrRBXQKBgH5o+1kmXq2dMzhIameUoh/dNkNes0lCnf8IT/YPk5xvGUYCWwXw\n"
    "LT1L16xUzkkc3enWyCgLbJgyP0VNLZhp8tyd+CGfI4czSWlYlQx4py1zngcj03HN\n"
    "Mepb6dPt0elrPJtWKF7vgr0qwEkPJy+ETBRGOcrmLcoBY1NmDipnb2TNAoGBAKgc\n"
    "LMtTLCw2zRaMbznMHdfnTm4Ydai+MfojRB86hT5GiacSJmizQ4yiNlhmzZ9UIZqJ\n"
    "pqF2J12EqvA1LyjQp5uoV0EA16wW1+seBStlL+eGQiRT3uHsGf984Fbh/0TWdJTg\n"
    "XNxx5V/Tu1w81mTXjpnaVJYzH5bQpRS6F7H02l8hAoGBALTRN7uzoKgMQr0gk3vH\n"
    "MMO2RZMBZcOq3cDYh9gZFw8VznGQRZTTR2B24+nn6iiENeSRv7akd/mSQPr02RCf\n"
    "38hvrAIt1C2iYwQAgOvOSpbk2EZaMxSXQZaB58cBkdmXvgNkp+KytszV4V8GJLbp\n"
    "GRacyBvnJiGLWz2djSJRn/Ad\n"
    "-----END PRIVATE KEY-----\n";

static const char key_pkcs1_pem[] =
    "-----BEGIN RSA PRIVATE KEY-----\n"
    "MIIEpAIBAAKCAQEAnvNFQrPRB1BvYJEDYIE/6RNb3ta7t+3l5j4RLLs9uabLOjXC\n"
    "lWpmv98oj0eSCNrKle6MD6ySWifTJeCPfoxQy4w3waG9zk2LMdmFybdbjjPiVG7E\n"
    "s7UAchiP+7SKeA7VLIQql5gFCF+7l5gjCb5+DpDSqHVgfjsLH5rpfjYqlFSdAjpQ\n"
    "1uBiOuEcue2ALKdxTPYa/un8dBXJYj5/uSk6Q2uIRRys8VoruVYitDPI17UPh4zP\n"
    "H6oRoF6I1aoD6nOeXIy0hJBVwEjrY6TIVvVfsWrRHLuWcGG6EKskEVUVp1Y5W3uh\n"
    "kB9kbrfW7JyDuIhmrWc4fKDadFBmDhlL95gTowIDAQABAoIBABYMM265p4RmtVRF\n"
    "OR0xQG6xhzxFN9ue7ZU+xb4ZKMowJx9nZpq4HBGAQE2DhW+h/ZjHcnkYHGLSBFlM\n"
    "KUtJ5kkdpXw/1aagne6nuAWPX+09KCdDCBjPQgURgCNPWyelEw+uM4Q8i3IqaUhx\n"
    "S2bmG/EkSHwib+SChxv2rm2Z0NUrIT3hlfd6jQgiXgGQD0anCQVV4hArqJi3JeHg\n"
    "SPw5HLhauda0xkgLs5pEixONB5xtWdFcgj7QQxQUZPpM6VZOF7eT7FEYinloJ7qi\n"
    "Kkf7VlEsTivY8tuS0U9loPcE9baTyMcD/lfKY/ZNx1nvUItV5JgL257vZZMjYH1q\n"
    "RymfqzUCgYEA3L6RvixkKZvJ2Yagyh6ZEkM+jfE6z+xnh6mOBSdXrg4JOtZUVuWR\n"
    "q4+Q176WvAqUcq7T29hAFulPG/vRYY3H3YSDkJBRPjANgqPHqfuF3DGuoM1dAu/+\n"
    "2drI5a5uTrKC4CnvTyOMx98htYktGz2Jx1hZSJ5Ps0T4tOhsRPWvWP8CgYEAuFYq\n"
    "UO+M3TugzFVqSPddDIdyGBWI9zXPGqWiMNt1H78Q4f/aJgIKNfWHBMAwRcXSE/2s\n"
    "yBlB6K6npjlbuJbXCVq20F70GLvLPTCf2yyg1Gfvde85NugZaAa3IfeqXV1YoC39\n"
    "/7h180rIHL/366Mng7jJ9w4tNHZEn4nEf2K0QV0CgYB+aPtZJl6tnTM4SGpnlKIf\n"
    "3TZDXrNJQp3/CE/2D5OcbxlGAlsF8C09S9esVM5JHN3p1sgoC2yYMj9FTS2YafLc\n"
    "nfghnyOHM0lpWJUMeKctc54HI9NxzTHqW+nT7dHpazybVihe74K9KsBJDycvhEwU\n"
    "RjnK5i3KAWNTZg4qZ29kzQKBgQCoHCzLUywsNs0WjG85zB3X505uGHWovjH6I0Qf\n"
    "OoU+RomnEiZos0OMojZYZs2fVCGaiaahdiddhKrwNS8o0KebqFdBANesFtfrHgUr\n"
    "ZS/nhkIkU97h7Bn/fOBW4f9E1nSU4FzcceVf07tcPNZk146Z2lSWMx+W0KUUuhex\n"
    "9NpfIQKBgQC00Te7s6CoDEK9IJN7xzDDtkWTAWXDqt3A2IfYGRcPFc5xkEWU00dg\n"
    "duPp5+oohDXkkb+2pHf5kkD69NkQn9/Ib6wCLdQtomMEAIDrzkqW5NhGWjMUl0GW\n"
    "gefHAZHZl74DZKfisrbM1eFfBiS26RkWnMgb5yYhi1s9nY0iUZ/wHQ==\n"
    "-----END RSA PRIVATE KEY-----\n";

static const char certificate_pem[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIDKzCCAhOgAwIBAgIUayMr4inYHVxajklsqCTM/eThAVIwDQYJKoZIhvcNAQEL\n"
    "BQAwJTERMA8GA1UEAwwIYXpiIHRlc3QxEDAOBgNVBAoMB0V4YW1wbGUwHhcNMjYx\n"
    "MTIzMjI1MjE3WhcNMzYxMTIwMjI1MjE3WjAlMREwDwYDVQQDDAhhemIgdGVzdDEQ\n"
    "MA4GA1UECgwHRXhhbXBsZTCCASIwDQYJKoZIhvcNAQEBBQADggEPADCCAQoCggEB\n"
    "AJ7zRUKz0QdQb2CRA2CBP+kTW97Wu7ft5eY+ESy7Pbmmyzo1wpVqZr/fKI9Hkgja\n"
    "ypXujA+sklon0yXgj36MUMuMN8Ghvc5NizHZhcm3W44z4lRuxLO1AHIYj/u0ingO\n"
    "1SyEKpeYBQhfu5eYIwm+fg6Q0qh1YH47Cx+a6X42KpRUnQI6UNbgYjrhHLntgCyn\n"
    "cUz2Gv7p/HQVyWI+f7kpOkNriEUcrPFaK7lWIrQzyNe1D4eMzx+qEaBeiNWqA+pz\n"
    "nlyMtISQVcBI62OkyFb1X7Fq0Ry7lnBhuhCrJBFVFadWOVt7oZAfZG631uycg7iI\n"
    "Zq1nOHyg2nRQZg4ZS/eYE6MCAwEAAaNTMFEwHQYDVR0OBBYEFFbfvhUwSO8mMgD+\n"
    "Klll1gi6pHP3MB8GA1UdIwQYMBaAFFbfvhUwSO8mMgD+Klll1gi6pHP3MA8GA1Ud\n"
    "EwEB/wQFMAMBAf8wDQYJKoZIhvcNAQELBQADggEBADipgqe4QBoiX2zM+8ZmPcQS\n"
    "IHE+FZZGwgwPR38QUp2420VZqZF9JXl7DB9vN/6a/24dHQ9PnEOT/9+WWUSwd5Xd\n"
    "YGO4NwCfmu7vdgcyjBMPaPzYYhrw+qotVdwhcafDp5Ukc8d8fhwPZmgurrK7AdY8\n"
    "70f7mrWtQppxrkzvqPg+747WAItZifOuYfzx+dBp8nrNHISNaj1WFVKjX+fYd8LC\n"
    "nZ3rwFQTfdOEE9PMwjnHVxavgNDbAwYEEYIA6KPm/hELjMoBGFK5KFzdq+Xky7V8\n"
    "9nRFblFBw0ZenfyzWB/C5QJe79A9WymODdbv+jclZeeG29GCEBhEhq4YXCmIyV0=\n"
    "-----END CERTIFICATE-----\n";

static const char encrypted_key_pem[] =
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
    "MIIFLTBXBgkqhkiG9w0BBQ0wSjApBgkqhkiG9w0BBQwwHAQITV5YvbQcB6cCAggA\n"
    "MAwGCCqGSIb3DQIJBQAwHQYJYIZIAWUDBAEqBBCmebkFtdTpw3VRY0EHbtxFBIIE\n"
    "0BHmM5O5j23TkWxkbQEjnqSupZKIQ4Dpmemzv60ffuk2cTbeZ+QFJ9eZotPHu2Bm\n"
    "0ZC8wfLb9Zs2qNoCy4VmRZSRzAJP6a9pMu6L8RRHnyN8BsksxRT2O02cnc1CQ/5O\n"
    "I38i3uHH84HhVJY7qAzEMlS5k5VCDKfouuotiDbp0RQV1Lq1h/bJaoyyV+lKz6P1\n"
    "Y3Xv2940NBm5YOlb6MHKaiOIkPPALYhaMlA4saNiRNuWu0KtW+deAHqb2lJtFXMX\n"
    "xcnuqhi+gdAYnktVaDWfodv0AAUiTxfB/cmJSqJi64ConvJgal69zAjso2klqOiD\n"
    "9TWzIYfb8nMy1Hq1XgUjg0pNQy7fVDynG8tiXVkCYw7wWHmARZo0Xtl+f+Fc0WU/\n"
    "ADVAkiatk4Bv2/IXLAd2BJIdvbMd9/eKsBaKknZLBaUaGV4PAy28eNa9SKpxznRy\n"
    "BpGcpcvuCagQsjCXjYJ4xyqI86Tq8jaueCsP4nisSL2R+TIT9ajNptlTdJC0kRkQ\n"
    "bvCgOOJ/mVOwF/h1Z/lSh8RiUOfbYnQgxPwEl7oGENCZb7NbU5mVQMEFnlZwa7zy\n"
    "iml4eB4NHMUVIFp03OpZJg/2E2kXgazu4V/GDqAZX+1EKsJp6YVqjTTAW7sNl/dI\n"
    "0NdYx9BHtFSQjadgVrX2JcNVPWD293rb+grNrzgtqwNbhLKMFk8YyZ2c0Ox6WK9a\n"
    "y0Kw0c3TvNxEydjhwLvt6osKYm17/aWjCTdGI3DnhKL2/JPGobgKyzHNL18Qeabd\n"
    "uNF0SqQnEiZ0O1E4O+r91+WB0N/d8JMxhUk6HOmuW6uZnjYguqRxtkGij8husT80\n"
    "IA9Hoq3IGJT2dBOsxYcpBs3z57s6FnRY5ji/NFN5Y6j7VuxMfCPcc7C5qFOCljgn\n"
    "GTfEzKSPS2F729vwHPJzI+mIIq+P7pGOZ2Ot2pW2oXRjjtnunCiz+KcJ404KevHD\n"
    "SA4GlQGccKamwckRcg1obNCFSF50DjGhrwXfpp9gP0YsceL/17O2boxTch3MyufY\n"
    "tWpTwkA/PRqEXTVzpyll5zrK1WWUd9OpcRean6CtbulkSdzfY6TIxrMKF9CouIL/\n"
    "iIB8ybZxaL5gV0mVyhwnd+Tf+97XK3nWe5fV/czo0s52jkm03QepSwVWcz3SvwOK\n"
    "Bshb+CkZxdo/pwRh4QFjJXR59ZbhADvX9mFwC/PiTnTK+UZGJ7r74DBCPcIJDvER\n"
    "1qBV6Yu59bCp+TFW8FtCCfm8h7UbPmQ1bdD5HQQ2NS3ZGW/4Nh1ALbL75QeJjZ/9\n"
    "6ocVa+jdbT5oW/+VsRcYqAPqvR41F5lps/WaiGpMR46XLyTKm9BxhODNy7G6CmFU\n"
    "E1oMeVjZ+9Lm6fLlM/5kNBq7vrCwNQrSm+wyyRZeZJUk3uoSdS4l8ilskr/7mbrK\n"
    "A4EcMS+rwDqMgl0XeklGHHFP/zqETTNszAGNMDmLyOpMqFzXQ4ruG8Ge60Dx5IFn\n"
    "lGFsNAK62mFPdxMqV4d9QREK+gOKxKNbHE6J92xRehp1zdQTXw7hGkfw/sAWJ62X\n"
    "MY4aO9WZSPA0Bm4cK3QzEWnt3FdfFDQ5MiIZsFVP0pwQ6mXVNxNcL6XYoqTLN2Be\n"
    "w43uZMNSCcJp2DCVir1Tos3Z4j/Q3tR0Mxx75IbgD/Dg\n"
    "-----END ENCRYPTED PRIVATE KEY-----\n";

static const char ec_key_pem[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg27zBKC2iPOhksCaa\n"
    "ywZQukGBzYp14wv9AyvRBVnjfV2hRANCAAQyX7C3aoYT5C0rSuHivHog4uWHgipj\n"
    "3zwrZlXA5K+7Kv81XtBMZ3gib6NStmcByAfg4eNum9MtEZaVD66phgsJ\n"
    "-----END PRIVATE KEY-----\n";

static const char small_key_pem[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIICeAIBADANBgkqhkiG9w0BAQEFAASCAmIwggJeAgEAAoGBANjm7OOQbUuT8EvH\n"
    "btijY8gwnWi/fLWG3WATerK2IOJ2/NB/ex9/smPdMmyakUi/LiNCfZ9p+JJBlzLE\n"
    "XG0sQ8tVKH7WQwVYi6hoTS/UZhr3RezO4HFQnRxddwxOByptxm3lbwj+tGw7ibEi\n"
    "YO5mNZY9R3N2zF3d4+QARYlANfShAgMBAAECgYEA0VHZ3qrsrvkv9xGZyXu0uecg\n"
    "oYvaQBzM2wExcfINvj9yL4w3N+i2MWWwWdq4xmmpjuGF9igAeLTPw3B4eesz5+i2\n"
    "s2ecBjNEuk0A/3CcweDxHyqVelSRWasRrgS0qJJAkjZf0T//4NV3lh4D+g+L1PoN\n"
    "WpDcTN6jkeuYAJUo7KECQQD6fUayHOvckl0a3YyB0jkWnUFUm7qQ1+CHi7u1NPf6\n"
    "8YD0ggcvhJ98RUeBR5TN1EXjEczdh/FAkGH3fM8oq8oVAkEA3ax9Y0VQ6olirMc0\n"
    "LsmHRGwVaCHV1cybj8y54kJzUCeV5VVG6YQy450flzKwLVwXGjTKSEDdB/0zbn6j\n"
    "KUEfXQJANY0w3wVV23sjEopI7rw93jrSa787XJn6c6AJCk1/spONCTj/RkZpPk0l\n"
    "Y1slUffO1SPKE5Zrmm0DtMBnHX/UnQJBALLAN/AH4iLuHAq1K6gazB/phC2PMy6P\n"
    "KlX/wVjpOrFE6oOei2scNikC94llz1kUbHCuZvtyiom5rHKKXamToOUCQQDUSfO/\n"
    "6BtJ7nMfVRYQc5ayQJw/8a+T3V3Inb5yaHIZ+bG+bqcPv1/9TMrgp0DXyoffYMzy\n"
    "Atx00HmhdWYRyUAx\n"
    "-----END PRIVATE KEY-----\n";

static const char key_modulus[] =
    "nvNFQrPRB1BvYJEDYIE_6RNb3ta7t-3l5j4RLLs9uabLOjXClWpmv98oj0eSCNrKle6MD6ySWifTJeCP"
    "foxQy4w3waG9zk2LMdmFybdbjjPiVG7Es7UAchiP-7SKeA7VLIQql5gFCF-7l5gjCb5-DpDSqHVgfjsL"
    "H5rpfjYqlFSdAjpQ1uBiOuEcue2ALKdxTPYa_un8dBXJYj5_uSk6Q2uIRRys8VoruVYitDPI17UPh4zP"
    "H6oRoF6I1aoD6nOeXIy0hJBVwEjrY6TIVvVfsWrRHLuWcGG6EKskEVUVp1Y5W3uhkB9kbrfW7JyDuIhm"
    "rWc4fKDadFBmDhlL95gTow";

static const char certificate_sha1_hex[] =
    "dbca42e312767fea563f878902400f90c1b6dee3";

static const char certificate_sha256_hex[] =
    "4a7d04a9d9234bd7aeebd7922d753462d191af872157e5c0c5f43ac3f51f5cae";

#define CERTIFICATE_NOT_BEFORE 1795474337LL
#define CERTIFICATE_NOT_AFTER 2110834337LL

static const char signed_message[] = "The quick brown fox";

static const char signature_rs256[] =
    "W06R1cWo1-yW7i5mnH-5PH24OgeqABlF7lws8ckfy5zQ1fUud_s6Tc4yHqYQZdcsvqWFwdRjPL2VF-d5"
    "NZNrvbE_EQwF0TCIolMUcucHSdGGiL16JkP0pIGVnJYdB62wia6fBBv80zk6vJMdrZ5PUdyShuZWFKT1"
    "0nim5zURtqdZfT7iN2jvlHUCR_ysu_sFIfxhcJZlUKuPRUIKauxUn9uNpAmyNZ37CJmhmdKbBaYoQko7"
    "1ShbPBSuja21aAM7dWSFcEyuIfpH_8_deU2_1n9wd5ArdIN4Ad8-ZBfGzRcfx9Z-QncZxi2vgLWIAxYg"
    "DSKrDssa60einZnbuzRh8w";

static const char signature_ps256[] =
    "nYbsKTIkzQuS_9tQ4U9EVNUPk1b0VFtvIA36H3P4CxdM_KyibRHW_RSlV8K0vNrDGyz9Ka38f7z8XX0l"
    "xoObNsT90fEtYLUU7dAJUmzscx_jstvRgwmKZufNC8OY-nTPBDY84JD6PsOYoLUwr9QdYIOClrY2JW53"
    "3ALgA3YW1GdA5q6ZP9n-thAmBwkW2Rsvr7ME1I67pjfdL9Ay1Utlt7z_nRmOMbOkpNa-6GBsJdEsNzcI"
    "DLF042JWfOEYCvS78IPJd2S2man5-AhSJP4U5gnEYpA3C0Np-L9TITNMpsICQGuadrBw0YAZXJX_oJEJ"
    "ss_AbUvSuCnGf8QAr1ADmQ";

/* Salt of 20 bytes: not PS256. */
static const char signature_pss_salt20[] =
    "Q0mPzufg3JZeeb4SvjQ4VVZxTxWOwljonlvaoZsV0EgTe41j_bqc7U2SWw--p4QZG2NBC4imKspc6nGQ"
    "l9LndzaX-YXv2JBM0McRd0wSp4NWM3vsFyS4fdQE6KZE1pyfPfZgdZ4R8IoG-IjiBdBXpF4xSY9cM4E7"
    "Ic_BinzlsH_wtfGym3jcLIQi7AiD7Fz1Q0JthjqFdHk74t9n1Dxa9fcQw3SCMV-LR8J51S7EaPCeXnsc"
    "2aZPuihqoxUW0fkbUnWsLWROmktTmVDCwNj9Q9hlOgyHSn8knjg13NkLHoT4R17stgtD3owMkFpZhxm2"
    "aInvBEhWTnCICnE2JUcSjA";

/* RFC 7515 appendix A.2: the key and the token. */
static const char rfc7515_n[] =
    "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJ"
    "PMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0"
    "LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uD"
    "Zlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2"
    "PAcDTW9gb54h4FRWyuXpoQ";

static const char rfc7515_token[] =
    "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9"
    "leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2Vt"
    "Qgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKB"
    "YNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN"
    "9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI"
    "8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";

// clang-format on
#endif
