SELECT date_trunc('hour', ts) AS hour, page, count(*) AS visits, round(avg(ms)) AS ms
FROM visits GROUP BY 1, 2
